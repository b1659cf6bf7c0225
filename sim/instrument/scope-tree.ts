// The syntax tree as the transform walks it: acorn's nodes, and one way to list the children of any node in source order.

import type { AnyNode, ArrowFunctionExpression, Class, ClassDeclaration, ClassExpression, FunctionDeclaration, FunctionExpression } from 'acorn'

export type Node = AnyNode
export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression
export type ClassNode = (ClassDeclaration | ClassExpression) & Class

const childrenOf = new WeakMap<Node, readonly Node[]>()

/** Children in source order. Of a shorthand property (`{ a }`, `{ a = 1 }`) only the value, which spans the same text. */
export function children(node: Node): readonly Node[] {
  const known = childrenOf.get(node)
  if (known !== undefined) return known
  const list: Node[] = []
  if (node.type === 'Property' && node.shorthand) {
    list.push(node.value as Node)
  } else {
    for (const key in node) {
      const value: unknown = (node as unknown as Record<string, unknown>)[key]
      if (typeof value !== 'object' || value === null) continue
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) list.push(item)
      } else if (isNode(value)) {
        list.push(value)
      }
    }
    if (list.length > 1) list.sort((a, b) => a.start - b.start)
  }
  childrenOf.set(node, list)
  return list
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node?.type === 'FunctionDeclaration' || node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression'
}

/** A function expression or arrow without a name of its own: it takes the name of what it is assigned to. */
export function isAnonymousFunction(node: Node | null | undefined): node is FunctionExpression | ArrowFunctionExpression {
  return node?.type === 'ArrowFunctionExpression' || (node?.type === 'FunctionExpression' && !node.id)
}

/** Names that a pattern binds. */
export function boundNames(pattern: Node, names: string[] = []): string[] {
  switch (pattern.type) {
    case 'Identifier':
      names.push(pattern.name)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) boundNames(property.type === 'Property' ? property.value : property, names)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) boundNames(element, names)
      break
    case 'AssignmentPattern':
      boundNames(pattern.left, names)
      break
    case 'RestElement':
      boundNames(pattern.argument, names)
      break
  }
  return names
}

/** The constructor of a class, if it says what it does. */
export function constructorOf({ body }: ClassNode): FunctionExpression | undefined {
  for (const element of body.body) if (element.type === 'MethodDefinition' && element.kind === 'constructor') return element.value
  return undefined
}

/** Whether `test` holds for the node or anything below it, functions and classes included. */
export function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test))
}
