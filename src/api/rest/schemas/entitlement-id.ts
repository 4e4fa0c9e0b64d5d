export { idPattern } from '../../../catalog/schema.ts';
export { maxIdLength } from '../../../catalog/limits.ts';
