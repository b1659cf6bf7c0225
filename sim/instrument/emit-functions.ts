// Functions: the original, and beside it the twin. A declaration's twin is a generator declared next to it (`pop$step`),
// an expression is wrapped in place: `$h.attach((x) => …, function* (x) { … })`. The twin of an arrow is no arrow, so the unit
// around it captures `this`, `arguments`, `new.target` and `super` in constants, or the arrow is wrapped in a function
// that does where there is no body to put constants in.

import type { ArrowFunctionExpression, FunctionExpression, Property } from 'acorn'
import { type Context, capturedLexical, type Emit, ownContext, plainLexical, print, printArgument, printChildren, Temporaries } from './emit.js'
import { printFunctionBody } from './emit-statements.js'
import { join, type Piece, slice, text, textAt } from './emit-text.js'
import { type FunctionNode, isFunction, type Node } from './scope-tree.js'
import type { Surroundings, Unit } from './scope-unit.js'

export function printFunction(emit: Emit, node: FunctionNode, context: Context): Piece {
  const unit = emit.unitOf(node)
  if (!unit.twin || emit.bare.has(node) || emit.analysis.replaced.has(node)) return printOriginal(emit, node, context)
  if (node.type !== 'FunctionDeclaration') return printExpression(emit, node, unit, context, undefined)
  const original = printOriginal(emit, node, context)
  return node.id ? text`${original} ${printTwin(emit, node, context, `function* ${emit.step(node.id.name)}`)}` : original
}

/** A function expression with its twin. `key` names the variable with the name that it takes, if only run time knows. */
function printExpression(emit: Emit, node: FunctionExpression | ArrowFunctionExpression, unit: Unit, context: Context, key: string | undefined): Piece {
  const wrapped = captureInPlace(emit, unit, context)
  const inner = wrapped?.context ?? context
  const twin = printTwin(
    emit,
    node,
    inner,
    `function* ${twinName(emit, node.type === 'FunctionExpression' && node.id ? node.id.name : (unit.inferred ?? unit.name))}`,
  )
  let original = printOriginal(emit, node, inner)
  if (key !== undefined) original = text`{ [${key}]: ${original} }[${key}]`
  else if (typeof unit.inferred === 'object') original = printNamed(original, unit.inferred.name)
  const attach = attachName(emit, node)
  const name = unit.selfUsed && node.type === 'FunctionExpression' ? node.id?.name : undefined
  const pair = name === undefined ? text`${attach}(${original}, ${twin})` : text`((${name}) => ${attach}(${name}, ${twin}))(${original})`
  return wrapped === undefined ? pair : text`(${wrapped.parameters} => ${pair})(${wrapped.arguments})`
}

/** An anonymous function in a place where it takes `name`. */
function printNamed(original: Piece, name: string): Piece {
  if (name === '__proto__' || !/^[A-Za-z_$][\w$]*$/.test(name)) return text`{ [${JSON.stringify(name)}]: ${original} }[${JSON.stringify(name)}]`
  return text`{ ${name}: ${original} }.${name}`
}

export function attachName(emit: Emit, node: FunctionNode): string {
  const h = emit.name('h')
  if (node.async) return `${h}.${node.generator ? 'attachAsyncGenerator' : 'attachAsync'}`
  const { kind, uses } = emit.unitOf(node)
  return kind === 'function' && uses.newTarget ? `${h}.attachCalled` : `${h}.attach`
}

/** Name of a twin that is an expression, for stack traces. Never that of a declaration's twin, which it would hide. */
function twinName(emit: Emit, name: string | Unit['inferred']): string {
  const known = typeof name === 'object' ? name.name : name === 'computed' || name === undefined ? '' : name
  return /^[A-Za-z_$][\w$]*$/.test(known) ? `${emit.step(known)}ped` : ''
}

interface Wrapped {
  readonly parameters: string
  readonly arguments: string
  readonly context: Context
}

function captureInPlace(emit: Emit, unit: Unit, context: Context): Wrapped | undefined {
  if (unit.kind !== 'arrow' || context.capture !== undefined) return undefined
  const thunk = context.inPlace === 'thunk'
  const taken = capturedNames(emit, unit.uses, thunk)
  if (taken.length === 0) return undefined
  return {
    parameters: `(${taken.map(([name]) => name).join(', ')})`,
    arguments: taken.map(([, value]) => value).join(', '),
    context: { ...context, capture: capturedLexical(emit, thunk) },
  }
}

/** Names and values of what is captured. */
export function capturedNames(emit: Emit, needs: Surroundings, thunk: boolean, newTarget = 'new.target'): (readonly [name: string, value: string])[] {
  const list: (readonly [string, string])[] = []
  if (needs.this) list.push([emit.name('this'), thunk ? '() => this' : 'this'])
  if (needs.arguments) list.push([emit.name('arguments'), 'arguments'])
  if (needs.newTarget) list.push([emit.name('newTarget'), newTarget])
  if (needs.super) list.push([emit.name('super'), '(key) => super[key]'])
  return list
}

/** The function as it is, from `start` on. */
export function printOriginal(emit: Emit, node: FunctionNode, context: Context, start = node.start, prologue: readonly Piece[] = []): Piece {
  const unit = emit.unitOf(node)
  const arrow = node.type === 'ArrowFunctionExpression'
  const inPlace = unit.derived ? 'thunk' : 'value'
  const body: Context = arrow
    ? { ...context, stepped: false, async: 'no', constructs: false }
    : ownContext(emit, inPlace, unit.derived ? undefined : capturedLexical(emit, false))
  const parameters: Context = arrow ? body : ownContext(emit, inPlace, undefined)
  const pieces: Piece[] = []
  let at = start
  for (const parameter of node.params) {
    pieces.push(slice(at, parameter.start), print(emit, parameter, parameters))
    at = parameter.end
  }
  pieces.push(slice(at, node.body.start))
  if (node.body.type === 'BlockStatement') pieces.push(printFunctionBody(emit, node.body, unit, body, prologue))
  else pieces.push(print(emit, node.body, body), slice(node.body.end, node.end))
  return pieces
}

/** The twin: `head` followed by parameters and body. */
export function printTwin(emit: Emit, node: FunctionNode, context: Context, head: Piece): Piece {
  const unit = emit.unitOf(node)
  const temporaries = new Temporaries(emit)
  const capture = node.type === 'ArrowFunctionExpression' ? context.capture : capturedLexical(emit, false)
  const constructs = unit.kind === 'constructor'
  const target = constructs && unit.uses.newTarget ? emit.name('target') : undefined
  const own = target === undefined ? plainLexical : { ...plainLexical, newTarget: target }
  const lexical = node.type === 'ArrowFunctionExpression' ? (context.capture ?? plainLexical) : own
  const inner: Context = {
    stepped: true,
    constructs,
    async: node.async ? (node.generator ? 'generator' : 'function') : 'no',
    lexical,
    capture,
    inPlace: 'value',
    temporaries,
  }
  const parameters = node.params.map((parameter) => print(emit, parameter, inner))
  const first = target === undefined ? [] : [target]
  const move = emit.units.parametersMove(node)
  const moved = move === undefined ? [] : [text` ${move} [${join([...first.map(() => ''), ...parameters], ', ')}] = arguments;`]
  const declared = join(move === undefined ? [...first, ...parameters] : first, ', ')
  if (node.body.type === 'BlockStatement') {
    const body = printFunctionBody(emit, node.body, unit, inner, moved)
    return text`${head}(${declared}) ${body}`
  }
  const value = print(emit, node.body, inner)
  const statement = textAt(node.body.start)` return (${value}); }`
  return text`${head}(${declared}) {${printTemporaries(temporaries)}${moved}${statement}`
}

export function printTemporaries(temporaries: Temporaries): string {
  return temporaries.used.size === 0 ? '' : ` let ${[...temporaries.used].sort().join(', ')};`
}

/** The twin of a function that is called where it stands. */
export function printTwinOnTheSpot(emit: Emit, node: FunctionNode, context: Context): Piece {
  return printTwin(emit, node, context, `function* ${twinName(emit, emit.unitOf(node).name)}`)
}

// Methods and functions of object literals.

export function printMethodProperty(emit: Emit, node: Property, context: Context): Piece {
  const value = node.value as FunctionExpression
  const unit = emit.unitOf(value)
  if (!unit.twin) return printChildren(emit, node, context)
  const original = printOriginal(emit, value, context)
  const twin = printTwin(emit, value, context, `function* ${twinName(emit, unit.name)}`)
  const attach = attachName(emit, value)
  const async = value.async ? (value.generator ? 'async *' : 'async ') : ''
  if (node.computed) {
    const key = printReusableKey(emit, node.key, context)
    return text`[${key.first}]: ${attach}({ ${async}[${key.again}]${original} }[${key.again}], ${twin})`
  }
  const key = slice(node.key.start, node.key.end)
  const plain = node.key.type === 'Identifier' && node.key.name !== '__proto__'
  const name = node.key.type === 'Identifier' && !plain ? JSON.stringify(node.key.name) : key
  if (plain) return text`${key}: ${attach}({ ${async}${key}${original} }.${key}, ${twin})`
  return text`[${name}]: ${attach}({ ${async}[${name}]${original} }[${name}], ${twin})`
}

/** `{ [key]: () => … }`: the function takes the key as its name. */
export function printNamedComputed(emit: Emit, node: Property, context: Context): Piece {
  const value = node.value as FunctionExpression | ArrowFunctionExpression
  const unit = emit.unitOf(value)
  if (!unit.twin) return printChildren(emit, node, context)
  const key = emit.variable()
  return text`[${key} = ${keyHelper(emit)}(${printArgument(emit, node.key, context)})]: ${printExpression(emit, value, unit, context, key)}`
}

/** The same for a class field. */
export function printNamedField(emit: Emit, value: Node, context: Context, key: string): Piece {
  return isFunction(value) && value.type !== 'FunctionDeclaration'
    ? printExpression(emit, value, emit.unitOf(value), context, key)
    : print(emit, value, context)
}

/** A computed key that is written twice: evaluated once, unless it is a well-known symbol. */
export function printReusableKey(emit: Emit, key: Node, context: Context): { first: Piece; again: Piece } {
  if (key.type === 'MemberExpression' && !key.computed && emit.units.isGlobal(key.object as Node, 'Symbol')) {
    const symbol = slice(key.start, key.end)
    return { first: symbol, again: symbol }
  }
  if (key.type === 'Literal') {
    const literal = slice(key.start, key.end)
    return { first: literal, again: literal }
  }
  const variable = emit.variable()
  return { first: text`${variable} = ${keyHelper(emit)}(${printArgument(emit, key, context)})`, again: variable }
}

/** Turns a value into a property key, which may run the user's `toString` and so must happen once. */
function keyHelper(emit: Emit): string {
  emit.needsKey = true
  return emit.name('key')
}
