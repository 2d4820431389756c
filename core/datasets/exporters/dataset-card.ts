import type { ExportHeader } from './export-sample.ts';
import type { LabelFormat, LabelSummary } from './label-format.ts';
import { MANIFEST_FILE, MANIFEST_LINES_FILE } from './manifest.ts';

/** The README.md of an export: what it is, what its numbers mean, whose terms apply, how to load it. */
export function datasetCard(
  header: ExportHeader,
  formats: readonly LabelFormat[],
  summary: LabelSummary,
): string {
  const { images, annotations } = summary;
  return `${titleLine(header)}

Synthetic images with labels, made realistic by a SimGAN refiner (Shrivastava et al., *Learning from Simulated and
Unsupervised Images through Adversarial Training*, CVPR 2017). The labels are those of the synthetic images.

| | |
|---|---|
| Images | ${images.train + images.test} (train ${images.train}, test ${images.test}) |
| Labels | gaze ${annotations.gaze}, keypoints ${annotations.keypoints}, category ${annotations.category} |
${originLines(header)}
| Made by | SimGAN Studio ${cell(header.programVersion)}, ${cell(header.createdAt)} |

## Licence

${header.licenceNote}

Refined images are made by a network that was trained on the real images and on the synthetic ones: the terms of both
sets apply to them.

## Conventions

- **Images**: \`images/<split>/<name>.png\`, lossless, at the bit depth of the synthetic images.
- **Gaze**: ${header.gazeConvention}
- **Keypoints**: x, y in pixels from the top left corner of the top left pixel, whose centre is (0.5, 0.5); y down; z in
  millimetres from the camera where known. Visibility: 0 not labelled, 1 labelled but hidden, 2 visible.
- **Change**: mean absolute difference to the synthetic image in grey levels; **drift**: how far the picture moved from
  its label, in pixels (empty: not measured); **D score**: the discriminator's probability that the image is refined;
  **α**: how much of the refinement was applied.
${layoutLines(summary)}
## Loading

Run in this folder; needs Pillow.
${formats.map((format) => `\n${format.title}:\n\n\`\`\`python\n${format.loading(summary)}\n\`\`\`\n`).join('')}
## Checking

\`${MANIFEST_LINES_FILE}\` has the SHA-256 of every image, its source and its change; \`${MANIFEST_FILE}\` the training
configuration and the SHA-256 of all other files. \`simgan verify <this folder>\` checks all of it again.
`;
}

const titleLine = ({ libraryName }: ExportHeader): string => `# ${libraryName}: refined images`;

/** Where the images come from; the checkpoint holds the training configuration. */
const originLines = ({ selection, runName, step, checkpointSha256 }: ExportHeader): string =>
  `| Selection | ${cell(selection)} |
| Run | ${cell(runName)}, step ${step} |
| Checkpoint (SHA-256) | ${cell(checkpointSha256)} |`;

/**
 * When the export of a card was begun (ISO 8601), for making a lost manifest again.
 * @returns undefined where the card is not that of an export with this header
 */
export function createdAtOfCard(card: string, header: ExportHeader): string | undefined {
  if (!card.startsWith(`${titleLine(header)}\n`) || !card.includes(`\n${originLines(header)}\n`))
    return undefined;
  return /^\| Made by \| SimGAN Studio [^|]*, (\d{4}-[\d-]+T[\d:.]+Z) \|$/m.exec(card)?.[1];
}

function layoutLines(summary: LabelSummary): string {
  return summary.layouts
    .map((layout) => {
      const names = layout.names.map((name, index) => `${index} ${name}`).join(', ');
      return `- **Points of ${layout.id}**, in order: ${names}.\n`;
    })
    .join('');
}

/** Text for one cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
