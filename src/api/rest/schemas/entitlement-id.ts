export {
  bundleNamePattern,
  choiceNamePattern,
  maxNameLength,
  parameterNamePattern,
} from '../../../catalog/schema-session.ts';
export { idPattern } from '../../../catalog/schema.ts';
export { maxIdLength } from '../../../catalog/limits.ts';
