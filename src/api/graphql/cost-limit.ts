import {
  type FieldNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql/index.js';

/** The most that one document may cost. */
export const costLimit = 20_000;
// A list counts as if it had this many items: pages are longer, but most of what hangs on them is shorter.
const itemsInList = 10;
const costOfRootField = 50;

/**
 * Refuses documents that ask for too much at once, by aliases, width or nesting, before anything runs. Every field costs one,
 * each root field 50 as it runs a use case, and what is inside a list ten times as much. Each fragment is weighed once per
 * type it is used on, so weighing takes no longer than reading the document.
 */
export const limitCost: ValidationRule = (context: ValidationContext) => {
  const weigh = weigher(context);
  return {
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation);
      if (root === null || root === undefined) return;
      const cost = weigh(operation.selectionSet, root, true);
      if (cost > costLimit) {
        context.reportError(
          new GraphQLError(
            'The query asks for too much at once. Ask for fewer fields, or in several calls.',
            {
              nodes: operation,
            },
          ),
        );
      }
    },
  };
};

type Weigh = (selections: SelectionSetNode, type: GraphQLObjectType, isRoot: boolean) => number;

function weigher(context: ValidationContext): Weigh {
  const weighed = new Map<string, number>();
  const weigh: Weigh = (selections, type, isRoot) => {
    let cost = 0;
    for (const selection of selections.selections) {
      switch (selection.kind) {
        case Kind.FIELD:
          cost += (isRoot ? costOfRootField : 1) + inside(selection, type);
          break;
        case Kind.INLINE_FRAGMENT:
          cost += weigh(selection.selectionSet, type, isRoot);
          break;
        case Kind.FRAGMENT_SPREAD:
          cost += ofFragment(selection.name.value, type, isRoot);
          break;
      }
      if (cost > costLimit) return cost;
    }
    return cost;
  };
  const inside = (field: FieldNode, type: GraphQLObjectType): number => {
    const definition = type.getFields()[field.name.value];
    // Introspection answers from memory and its depth is limited; unknown fields are refused by another rule.
    if (definition === undefined || field.selectionSet === undefined) return 0;
    const inner: GraphQLNamedType = getNamedType(definition.type);
    if (!isObjectType(inner)) return 0;
    const items = isListType(getNullableType(definition.type)) ? itemsInList : 1;
    return items * weigh(field.selectionSet, inner, false);
  };
  const ofFragment = (name: string, type: GraphQLObjectType, isRoot: boolean): number => {
    const key = `${name} ${type.name}`;
    const known = weighed.get(key);
    if (known !== undefined) return known;
    // A fragment that contains itself is refused by another rule; here it must only not go on for ever.
    weighed.set(key, 0);
    const fragment = context.getFragment(name);
    const cost = fragment === null || fragment === undefined ? 0 : weigh(fragment.selectionSet, type, isRoot);
    weighed.set(key, cost);
    return cost;
  };
  return weigh;
}
