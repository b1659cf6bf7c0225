// `new` inside twins, and the twins of constructors.
//
//     (($t = $h.maker(Store, "Store")) !== undefined ? … $t(path) … : new Store(path))
//
// A class keeps the twin of its constructor apart from its own: called without `new` it must throw. The maker lets the original make the object
// without running its body (scope-constructors.ts), and gives the twin's generator, which returns the object.

import type { FunctionExpression, MethodDefinition, NewExpression, ReturnStatement } from 'acorn'
import { type Context, type Emit, hasStep, ownContext, print, printArgument, printArguments } from './emit.js'
import { calleeText } from './emit-callee-text.js'
import { holdArguments, printEnter } from './emit-calls.js'
import { printOriginal, printTemporaries, printTwin } from './emit-functions.js'
import { mapped, type Piece, slice, text, textAt } from './emit-text.js'
import { markedOf } from './scope-constructors.js'
import { type ClassNode, isFunction, type Node } from './scope-tree.js'

export function printNew(emit: Emit, node: NewExpression, context: Context): Piece {
  const { temporaries } = context
  const { callee } = node
  const held = temporaries.held
  const heavy = node.arguments.some((argument) => hasStep(emit, argument))
  const isNamed = callee.type === 'Identifier' && (!heavy || emit.units.isConstant(callee))
  const again = isNamed ? print(emit, callee, context) : heavy ? temporaries.hold() : temporaries.brief('f')
  const first = isNamed ? again : text`${again} = ${printUnnamed(emit, callee as Node, context)}`
  const sequence: Piece[] = []
  const args = heavy ? holdArguments(emit, node.arguments, context, sequence) : printArguments(emit, node.arguments, context)
  const t = temporaries.brief('t')
  const at = node.start
  const isApart = sequence.length > 0 && !isNamed
  const before = [...(isApart ? [first] : []), ...sequence].map((piece) => text`${piece}, `)
  const test = textAt(at)`(${t} = ${emit.name('h')}.maker(${isApart ? again : first}, ${JSON.stringify(calleeText(callee as Node))})) !== undefined`
  const stepped = printEnter(emit, context, at, text`${mapped(t, at)}(${args})`)
  temporaries.release(held)
  return text`(${before}${test} ? ${stepped} : ${mapped('new', at)} ${again}(${args}))`
}

/** In parentheses an anonymous function or class does not take the variable's name. */
function printUnnamed(emit: Emit, node: Node, context: Context): Piece {
  const value = printArgument(emit, node, context)
  return isFunction(node) || node.type === 'ClassExpression' ? text`(0, ${value})` : value
}

/** `return x` of a constructor: what it makes, unless x is another object. */
export function printMade(emit: Emit, { start, end, argument }: ReturnStatement, context: Context): Piece {
  const { this: made } = context.lexical
  if (!argument) return text`${slice(start, start + 'return'.length)} ${made}${slice(start + 'return'.length, end)}`
  return text`${slice(start, argument.start)}${emit.name('h')}.made(${printArgument(emit, argument, context)}, ${made})${slice(argument.end, end)}`
}

/** The constructor, with its twin as a method beside it. */
export function printConstructor(emit: Emit, node: MethodDefinition, context: Context, attaches: Piece[]): Piece {
  const { value } = node
  const unit = emit.unitOf(value)
  const mark = emit.name('M')
  const twin = emit.step(emit.name('new'))
  emit.needsMark = true
  const marked = markedOf(value)
  const marks = text`[${printMarks(value, mark)}${marked.isBehind ? mark : ''}]`
  const attach = `${emit.name('h')}.${unit.uses.newTarget ? 'attachNewTarget' : 'attachNew'}`
  attaches.push(text` ${attach}(this, this.prototype.${twin}, ${marks}); delete this.prototype.${twin};`)
  const original = printOriginal(emit, value, context, value.start, [` if (${marked.text} === ${mark}) return;`])
  return text`${slice(node.start, value.start)}${original} ${printTwin(emit, value, context, text`*${mapped(twin, node.key.start)}`)}`
}

/**
 * The twin of the constructor that the engine gives a derived class without one: it calls the constructor above. As that it is where the class is,
 * and a frame of stacks.
 */
export function printDerived(emit: Emit, node: ClassNode, attaches: Piece[]): Piece {
  const context = { ...ownContext(emit, 'value', undefined), stepped: true }
  const twin = emit.step(emit.name('new'))
  const t = emit.name('t')
  attaches.push(text` ${emit.name('h')}.attachDerived(this, this.prototype.${twin}); delete this.prototype.${twin};`)
  const value = printEnter(emit, context, node.start, `${t}()`)
  return text` *${twin}(${t}) {${printTemporaries(context.temporaries)} return ${value}; } `
}

/** A mark for each parameter, each with a comma behind it. */
function printMarks({ params }: FunctionExpression, mark: string): Piece[] {
  return params.flatMap((parameter) => (parameter.type === 'RestElement' ? [] : [text`${printMark(parameter, mark)}, `]))
}

function printMark(pattern: Node, mark: string): Piece {
  switch (pattern.type) {
    case 'AssignmentPattern':
      return printMark(pattern.left, mark)
    case 'ArrayPattern':
      return text`[${pattern.elements.flatMap((element) => (element?.type === 'RestElement' ? [] : [element === null ? mark : printMark(element, mark), ', ']))}]`
    case 'ObjectPattern':
      return text`{ ${pattern.properties.flatMap((property) =>
        property.type === 'RestElement' ? [] : [text`[${printKey(property.key)}]: ${printMark(property.value, mark)}, `],
      )}}`
    default:
      return mark
  }
}

/** In brackets, for `__proto__`. */
function printKey(key: Node): Piece {
  return key.type === 'Identifier' ? JSON.stringify(key.name) : slice(key.start, key.end)
}
