// Parameters that call are moved into the twin's body, which must not change what their names mean.

import type { Scope } from './scope-bindings.js'
import { children, type FunctionNode, isFunction, type Node, some } from './scope-tree.js'

/** Why the parameters cannot be moved; undefined if they can. */
export function parameterClash(node: FunctionNode, parameters: Scope, body: Scope): string | undefined {
  if (node.params.every((parameter) => parameter.type === 'Identifier')) return undefined
  for (const [name, binding] of body.bindings) {
    if (binding.kind === 'function' && parameters.bindings.has(name)) return 'a parameter and an inner function share a name'
    if (parameters.bindings.has(name)) {
      if (node.params.some((parameter) => some(parameter, isFunction))) return 'a function in the parameters may see one that the body declares again'
      continue
    }
    if (node.params.some((parameter) => mentions(parameter, name))) return 'parameters mention a name that the body declares'
  }
  return undefined
}

/** Whether an expression or pattern refers to a variable of that name, keys left aside. */
function mentions(node: Node, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name
  const key =
    (node.type === 'Property' && !node.computed && !node.shorthand && node.key) || (node.type === 'MemberExpression' && !node.computed && node.property)
  return children(node).some((child) => child !== key && mentions(child, name))
}
