import fc from 'fast-check';
import { propertyRuns, propertySeed } from './property-settings.ts';

/** Runs before each unit test file (`setupFiles`): no property can be left without the seed. */
fc.configureGlobal({ seed: propertySeed, numRuns: propertyRuns() });
