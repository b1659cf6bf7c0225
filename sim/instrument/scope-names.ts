// Names that functions take from where they stand, and the names of keys.

import type { Node } from './scope-tree.js'

/** Whether an assignment by this operator gives an anonymous function its name. */
export function isNaming(operator: string): boolean {
  return operator === '=' || operator === '&&=' || operator === '||=' || operator === '??='
}

/** The name that a pattern gives to what it is assigned. */
export function nameOf(pattern: Node): string | undefined {
  return pattern.type === 'Identifier' ? pattern.name : undefined
}

/** The same, with properties: how reports call what is assigned. */
export function labelOf(pattern: Node): string | undefined {
  return pattern.type === 'MemberExpression' && !pattern.computed ? keyName(pattern.property) : nameOf(pattern)
}

/** Property name of a key that is not computed. */
export function keyName(key: Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}
