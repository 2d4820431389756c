import { z } from 'zod';

type Issue = z.ZodError['issues'][number];

type NameOf = (path: readonly PropertyKey[]) => string;

/**
 * What does not fit a schema, in words for whoever gave it: "steps must be at least 1; name is missing".
 *
 * @param nameOf what the user knows a path as; default: its parts with points between
 */
export function inWords(error: z.ZodError, nameOf?: NameOf): string {
  return misfits(error, nameOf).join('; ');
}

/** The same, each for itself. */
export function misfits(error: z.ZodError, nameOf: NameOf = (path) => path.map(String).join('.')): string[] {
  const said = error.issues.map((issue) => `${nameOf(issue.path) || 'it'} ${issueInWords(issue)}`);
  return [...new Set(said)];
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  null: 'empty',
};

function issueInWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return sizeInWords(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return sizeInWords(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `has fields that are not known: ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return 'is none of what it may be';
    case 'invalid_format':
      return 'is not written as it must be';
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return issue.message;
  }
}

function sizeInWords(origin: string, limit: number | bigint, bound: string): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${bound} ${limit}`;
  if (bound === 'at least' && limit === 1) return 'must not be empty';
  return `must have ${bound} ${limit} ${origin === 'string' ? 'characters' : 'entries'}`;
}
