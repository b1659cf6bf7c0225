// Classes. The twin of a method stands beside it as a method of its own (`*pop$step() {…}`), so that `super` and private
// names mean the same in both. A static block, the first thing to run once all methods exist, attaches the twins and
// removes them from the prototype: nothing that looks at the class sees them. Private twins stay where they are.

import type { MethodDefinition, PropertyDefinition } from 'acorn'
import { type Context, type Emit, ownContext, print } from './emit.js'
import { attachName, printNamedField, printOriginal, printReusableKey, printTwin } from './emit-functions.js'
import { printConstructor, printDerived } from './emit-new.js'
import { mapped, type Piece, slice, text } from './emit-text.js'
import { addsNothing } from './scope-constructors.js'
import { type ClassNode, isFunction, type Node } from './scope-tree.js'

export function printClass(emit: Emit, node: ClassNode, context: Context): Piece {
  const pieces: Piece[] = []
  const attaches: Piece[] = []
  let at = node.body.start + 1
  if (node.superClass) pieces.push(slice(node.start, node.superClass.start), print(emit, node.superClass, context), slice(node.superClass.end, at))
  else pieces.push(slice(node.start, at))
  const elements: Piece[] = []
  for (const element of node.body.body) {
    elements.push(slice(at, element.start))
    if (element.type === 'MethodDefinition') elements.push(printMethod(emit, node, element, context, attaches))
    else if (element.type === 'PropertyDefinition') elements.push(printField(emit, element, context))
    else elements.push(print(emit, element, context))
    at = element.end
  }
  const derived = addsNothing(node) && emit.units.superMakesInSteps(node) ? printDerived(emit, node, attaches) : ''
  if (attaches.length > 0) pieces.push(text` static {${attaches} }${derived}`)
  pieces.push(elements, slice(at, node.end))
  return pieces
}

function printMethod(emit: Emit, owner: ClassNode, node: MethodDefinition, context: Context, attaches: Piece[]): Piece {
  const { key, value } = node
  const unit = emit.unitOf(value)
  if (unit.twin && node.kind === 'constructor') return printConstructor(emit, node, context, attaches)
  const twinned = unit.twin && !isReplaced(owner, node)
  const original = printOriginal(emit, value, context)
  if (!twinned) {
    const name = node.computed ? print(emit, key, context) : slice(key.start, key.end)
    return text`${slice(node.start, key.start)}${name}${slice(key.end, value.start)}${original}`
  }
  const prefix = node.static ? 'static *' : '*'
  if (key.type === 'PrivateIdentifier') {
    return text`${slice(node.start, value.start)}${original} ${printTwin(emit, value, context, text`${prefix}${mapped(`#${emit.step(key.name)}`, key.start)}`)}`
  }
  const home = node.static ? 'this' : 'this.prototype'
  const attach = attachName(emit, value)
  if (key.type === 'Identifier' && !node.computed) {
    const twin = emit.step(key.name)
    attaches.push(` ${attach}(${home}.${key.name}, ${home}.${twin}); delete ${home}.${twin};`)
    return text`${slice(node.start, value.start)}${original} ${printTwin(emit, value, context, text`${prefix}${mapped(twin, key.start)}`)}`
  }
  const reusable = node.computed ? printReusableKey(emit, key, context) : { first: slice(key.start, key.end), again: slice(key.start, key.end) }
  const twin = emit.step(emit.unique('x'))
  attaches.push(text` ${attach}(${home}[${reusable.again}], ${home}.${twin}); delete ${home}.${twin};`)
  const printedKey = text`${slice(node.start, key.start)}${reusable.first}${slice(key.end, value.start)}`
  return text`${printedKey}${original} ${printTwin(emit, value, context, `${prefix}${twin}`)}`
}

/** Whether a later member of the same name takes the method's place. */
function isReplaced(owner: ClassNode, node: MethodDefinition): boolean {
  const name = staticKey(node)
  if (name === undefined) return false
  const later = owner.body.body.slice(owner.body.body.indexOf(node) + 1)
  return later.some((element) => element.type === 'MethodDefinition' && element.static === node.static && staticKey(element) === name)
}

function staticKey({ key, computed }: MethodDefinition): string | undefined {
  if (key.type === 'Literal') return String(key.value)
  return key.type === 'Identifier' && !computed ? key.name : undefined
}

function printField(emit: Emit, node: PropertyDefinition, context: Context): Piece {
  const { key, value } = node
  const inner = ownContext(emit, 'value', undefined)
  if (!value) {
    return node.computed ? text`${slice(node.start, key.start)}${print(emit, key, context)}${slice(key.end, node.end)}` : slice(node.start, node.end)
  }
  const named = node.computed && isFunction(value as Node) && emit.unitOf(value).twin && emit.unitOf(value).inferred === 'computed'
  const reusable = named ? printReusableKey(emit, key, context) : undefined
  const name = reusable?.first ?? (node.computed ? print(emit, key, context) : slice(key.start, key.end))
  const printed = named ? printNamedField(emit, value, inner, reusable?.again as string) : print(emit, value, inner)
  return text`${slice(node.start, key.start)}${name}${slice(key.end, value.start)}${printed}${slice(value.end, node.end)}`
}
