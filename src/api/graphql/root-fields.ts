import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql/index.js';

/** The most root fields in one document: each runs a use case, and they run side by side. */
export const mostRootFields = 10;

/** Refuses documents with more root fields than that, before anything runs. */
export const limitRootFields: ValidationRule = (context: ValidationContext) => ({
  Document(document) {
    if (countRootFields(document) <= mostRootFields) return;
    context.reportError(
      new GraphQLError(
        `The query asks for too much at once: at most ${mostRootFields} fields at its root. Ask in several calls.`,
      ),
    );
  },
});

/**
 * How many root fields a document has: of all its operations, through fragments, each time it names one, and by whatever
 * alias. Stops counting soon after the limit.
 */
export function countRootFields(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counted = new Map<string, number>();
  const count = ({ selections }: SelectionSetNode): number => {
    let fields = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += count(selection.selectionSet);
      else fields += ofFragment(selection.name.value);
      if (fields > mostRootFields) break;
    }
    return fields;
  };
  const ofFragment = (name: string): number => {
    const known = counted.get(name);
    if (known !== undefined) return known;
    // A fragment that contains itself is refused by another rule; here it must only not go on for ever.
    counted.set(name, 0);
    const fragment = fragments.get(name);
    const fields = fragment === undefined ? 0 : count(fragment.selectionSet);
    counted.set(name, fields);
    return fields;
  };
  let total = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) total += count(definition.selectionSet);
  }
  return total;
}
