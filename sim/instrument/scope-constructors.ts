// Constructors. Before the twin of a constructor can run, the object must be there as the language makes it: with its prototype, its
// private members and its fields. The original makes it, called with marks in the place of arguments, and returns at once:
//
//     constructor(path, { sync = true } = {}) { if (path === $M) return; …        new Store($M, { sync: $M })
//
// A mark is never undefined, so no default runs, and it has what a pattern asks for. It reaches nobody else: fields cannot see arguments. So
// fields may make further objects of the class, and throw, and nothing has to be put back.

import type { FunctionExpression } from 'acorn'
import { boundNames, type ClassNode, isFunction, type Node } from './scope-tree.js'
import type { Unit } from './scope-unit.js'

/** Why a constructor can have no twin. */
export function obstacleOfConstructor(unit: Unit): string | undefined {
  if (unit.derived) return 'constructor of a derived class'
  if (unit.uses.arguments && unit.uses.newTarget) return 'constructor that uses arguments and new.target'
  const { params } = unit.node as FunctionExpression
  return params.some((parameter) => !isMarkable(parameter)) ? 'constructor with a pattern among its parameters that nothing can stand for' : undefined
}

/** Whether a derived class does nothing but call the constructor above it: no constructor, and nothing that each object gets. */
export function addsNothing({ superClass, body }: ClassNode): boolean {
  if (!superClass) return false
  return body.body.every((element) => {
    if (element.type === 'StaticBlock' || element.static) return true
    return element.type === 'MethodDefinition' && element.kind !== 'constructor' && element.key.type !== 'PrivateIdentifier'
  })
}

/** Whether `new` makes an object of its own for the function: the twin that serves calls then serves `new` as well. */
export function isConstructible(unit: Unit): boolean {
  const { node } = unit
  return unit.kind === 'function' && isFunction(node) && !node.async && !node.generator && !unit.uses.newTarget
}

/** Whether a mark can be made of a parameter. */
function isMarkable(pattern: Node): boolean {
  switch (pattern.type) {
    case 'AssignmentPattern':
      return isMarkable(pattern.left)
    case 'ArrayPattern':
      return pattern.elements.every((element) => element === null || isMarkable(element))
    case 'ObjectPattern':
      return pattern.properties.every((property) => property.type === 'RestElement' || (!property.computed && isMarkable(property.value)))
    // What is left over is nothing. Taken apart again, it would have to be something.
    case 'RestElement':
      return pattern.argument.type === 'Identifier'
    default:
      return true
  }
}

/** How an original sees that it was called with marks. */
export interface Marked {
  /** What is then the mark itself. */
  readonly text: string
  /** That is no parameter: the mark comes after those for the parameters. */
  readonly isBehind: boolean
}

export function markedOf({ params, body }: FunctionExpression): Marked {
  // A function of the body takes the place of a parameter.
  const hidden = new Set(body.body.flatMap((statement) => (statement.type === 'FunctionDeclaration' && statement.id ? [statement.id.name] : [])))
  const plain = params.filter((parameter) => parameter.type !== 'RestElement')
  const name = plain.flatMap((parameter) => markedNames(parameter)).find((bound) => !hidden.has(bound))
  return name === undefined ? { text: `arguments[${plain.length}]`, isBehind: true } : { text: name, isBehind: false }
}

/** Names that a pattern gives to marks. */
function markedNames(pattern: Node): string[] {
  switch (pattern.type) {
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => (property.type === 'RestElement' ? [] : markedNames(property.value)))
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : markedNames(element)))
    case 'AssignmentPattern':
      return markedNames(pattern.left)
    case 'RestElement':
      return []
    default:
      return boundNames(pattern)
  }
}
