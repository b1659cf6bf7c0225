// Calls inside twins. An atomic operation becomes a step in line; a call of a function of this module that nothing can
// replace names its twin; any other call looks at run time whether the callee has a twin:
//
//     (($t = $h.twin($f = stack.pop, "stack.pop")) !== undefined ? … $t.call(stack) … : $f.call(stack))
//
// The generator that a twin gives is entered, for which see the contract.
//
// `$t`, `$f`, `$o`, `$c` and `$g` are read before anything else is evaluated, so one of each serves the whole twin. Where arguments
// contain steps of their own they are evaluated once, into variables that are held meanwhile (`$1`, `$2`, …).

import type { CallExpression, ChainExpression, MemberExpression, PrivateIdentifier, Super, TaggedTemplateExpression, UnaryExpression } from 'acorn'
import { type Context, type Emit, hasStep, isBuiltinName, print, printArgument, printArguments, printChildren, printParts, printPrivateValue } from './emit.js'
import { calleeText } from './emit-callee-text.js'
import { attachName, printTwinOnTheSpot } from './emit-functions.js'
import { join, mapped, type Piece, slice, text, textAt } from './emit-text.js'
import { type FunctionNode, isFunction, type Node } from './scope-tree.js'

export function printCall(emit: Emit, node: CallExpression, context: Context): Piece {
  return context.stepped ? printSteppedCall(emit, node, context, []) : printPlainCall(emit, node, context)
}

function printSteppedCall(emit: Emit, node: CallExpression, context: Context, guards: Piece[]): Piece {
  const found = emit.units.classify(node)
  const at = callPosition(emit, node, node.callee)
  switch (found.kind) {
    case 'atomic': {
      const r = context.temporaries.brief('r')
      return textAt(at)`((${r} = ${printOperation(emit, node, context)}) === ${emit.name('W')} ? yield : ${r})`
    }
    case 'plain':
      return printPlainCall(emit, node, context)
    case 'declared':
      if (!found.unit.twin) return printPlainCall(emit, node, context)
      return printEnter(emit, context, at, textAt(at)`${emit.step(found.binding.name)}(${printArguments(emit, node.arguments, context)})`)
    case 'private': {
      if (!found.unit.twin) return printPlainCall(emit, node, context)
      const { object, property } = node.callee as MemberExpression
      const base = printBase(emit, object, context, guards)
      const name = `.#${emit.step((property as PrivateIdentifier).name)}`
      return printEnter(emit, context, at, text`${base}${mapped(name, at)}(${printArguments(emit, node.arguments, context)})`)
    }
    case 'immediate': {
      if (!found.unit.twin || !isFunction(found.unit.node)) return printPlainCall(emit, node, context)
      const twin = printTwinOnTheSpot(emit, found.unit.node, context)
      return printEnter(emit, context, at, textAt(at)`(${twin})${found.through ? '.call' : ''}(${printArguments(emit, node.arguments, context)})`)
    }
    case 'dynamic':
      return printDispatch(emit, node, context, guards)
  }
}

/** Runs the generator that `call` gives, in steps. */
export function printEnter(emit: Emit, context: Context, at: number, call: Piece): Piece {
  const [h, W, N] = [emit.name('h'), emit.name('W'), emit.name('N')]
  const r = context.temporaries.brief('r')
  const g = context.temporaries.brief('g')
  emit.enters = true
  return textAt(at)`((${r} = ${h}.enter(${g} = ${call})) === ${W} ? yield : ${r} === ${N} ? yield* ${g} : ${r})`
}

/** `$h.load($s + 3, this.words, HEAD)` */
export function printOperation(emit: Emit, node: CallExpression, context: Context): Piece {
  const [array, index] = node.arguments as [Node, Node]
  const { property } = node.callee as MemberExpression
  const operation = emit.source.slice(property.start, property.end)
  const site = emit.site(node, node.callee.start, operation, array, index)
  return textAt(property.start)`${emit.name('h')}.${operation}(${emit.name('s')} + ${String(site)}, ${printArguments(emit, node.arguments, context)})`
}

/** A call as the source has it. In originals only `require` and `.bind` change, and functions called on the spot need no twin. */
export function printPlainCall(emit: Emit, node: CallExpression, context: Context): Piece {
  const { callee } = node
  const [first] = node.arguments
  if (emit.options.format === 'commonjs' && emit.units.isGlobal(callee, 'require') && first?.type === 'Literal' && typeof first.value === 'string') {
    const { value } = first
    if (isBuiltinName(value)) return `${emit.name('h')}.builtin(${JSON.stringify(withScheme(value))})`
    const specifier = JSON.stringify(emit.options.resolve(value, 'require'))
    return text`${slice(node.start, first.start)}${specifier}${printParts(emit, first.end, node.end, node.arguments.slice(1), context)}`
  }
  if (callee.type === 'MemberExpression' && callee.object.type !== 'Super' && !callee.optional && !node.optional) {
    if (!callee.computed && callee.property.type === 'Identifier' && callee.property.name === 'bind' && !isLink(callee.object)) {
      const target = printArgument(emit, callee.object, context)
      const binder = textAt(callee.property.start)`${emit.name('h')}.binder(${target}, ${JSON.stringify(calleeText(callee))})`
      return text`${binder}(${printArguments(emit, node.arguments, context)})`
    }
  }
  if (callee.type === 'MemberExpression' && callee.property.type === 'PrivateIdentifier') {
    const called = printParts(emit, callee.start, callee.end, callee.object.type === 'Super' ? [] : [callee.object], context)
    return text`${slice(node.start, callee.start)}${called}${printParts(emit, callee.end, node.end, node.arguments, context)}`
  }
  const found = emit.units.classify(node)
  if (found.kind === 'immediate') emit.bare.add(found.unit.node)
  const piece = printChildren(emit, node, context)
  if (found.kind === 'immediate') emit.bare.delete(found.unit.node)
  return piece
}

/** Inside an optional chain: what comes before may cut the rest short, so no part of it can be taken out. */
export function isLink(node: Node | Super): boolean {
  if (node.type === 'MemberExpression') return node.optional || isLink(node.object)
  return node.type === 'CallExpression' && (node.optional || isLink(node.callee))
}

export function withScheme(name: string): string {
  return name.startsWith('node:') ? name : `node:${name}`
}

interface Callee {
  /** Evaluates the function, and sets what `again` and `receiver` name. */
  readonly first: Piece
  readonly again: Piece
  readonly receiver: Piece | undefined
}

function printDispatch(emit: Emit, node: CallExpression, context: Context, guards: Piece[]): Piece {
  const { temporaries } = context
  const held = temporaries.held
  const heavy = node.arguments.some((argument) => hasStep(emit, argument))
  const callee = printCallee(emit, node.callee, context, heavy, guards, node.optional)
  const sequence: Piece[] = []
  const args = heavy ? holdArguments(emit, node.arguments, context, sequence) : printArguments(emit, node.arguments, context)
  const piece = choose(emit, node, node.callee, context, callee, sequence, (name, receiver, how) => {
    const rest = node.arguments.length === 0 ? '' : text`, ${args}`
    return receiver === undefined ? text`${name}(${args})` : text`${name}.${how}(${receiver}${rest})`
  })
  temporaries.release(held)
  return piece
}

/** The twin if the callee has one, else the function; after what must be evaluated before. */
function choose(
  emit: Emit,
  node: CallExpression | TaggedTemplateExpression,
  named: Node,
  context: Context,
  callee: Callee,
  sequence: readonly Piece[],
  call: (name: Piece, receiver: Piece | undefined, how: 'call') => Piece,
): Piece {
  const at = callPosition(emit, node, named)
  const t = context.temporaries.brief('t')
  const apart = sequence.length > 0 && callee.first !== callee.again
  const before = [...(apart ? [callee.first] : []), ...sequence].map((piece) => text`${piece}, `)
  const test = textAt(at)`(${t} = ${emit.name('h')}.twin(${apart ? callee.again : callee.first}, ${JSON.stringify(calleeText(named))})) !== undefined`
  const stepped = call(mapped(t, at), callee.receiver, 'call')
  const plain = call(typeof callee.again === 'string' ? mapped(callee.again, at) : callee.again, callee.receiver, 'call')
  return text`(${before}${test} ? ${printEnter(emit, context, node.type === 'TaggedTemplateExpression' ? node.quasi.start : at, stepped)} : ${plain})`
}

/**
 * Prints the callee. `hold`: other steps come between it and the call. With `optional`, a guard ends the chain where
 * the callee is nullish.
 */
function printCallee(emit: Emit, node: Node, context: Context, hold: boolean, guards: Piece[], optional: boolean): Callee {
  const { temporaries } = context
  const f = () => (hold ? temporaries.hold() : temporaries.brief('f'))
  let value: Piece
  let receiver: Piece | undefined
  if (node.type === 'MemberExpression' && node.object.type !== 'Super') {
    const found = printCalleeMember(emit, node, context, hold, guards)
    value = found.value
    receiver = found.receiver
  } else if (node.type === 'ChainExpression' && node.expression.type === 'MemberExpression' && node.expression.object.type !== 'Super') {
    const inner: Piece[] = []
    const found = printCalleeMember(emit, node.expression, context, hold, inner)
    value = text`(${join(inner, ' || ')} ? undefined : ${found.value})`
    receiver = found.receiver
  } else if (node.type === 'Identifier' && !optional && (!hold || emit.units.isConstant(node))) {
    const name = print(emit, node, context)
    return { first: name, again: name, receiver: undefined }
  } else {
    value = node.type === 'CallExpression' || node.type === 'MemberExpression' ? printLink(emit, node, context, guards) : printArgument(emit, node, context)
    if (node.type === 'MemberExpression') receiver = context.lexical.this
  }
  if (isFunction(node) || node.type === 'ClassExpression') value = text`(0, ${value})`
  const name = f()
  if (!optional) return { first: text`${name} = ${value}`, again: name, receiver }
  guards.push(text`(${name} = ${value}) == null`)
  return { first: name, again: name, receiver }
}

function printCalleeMember(emit: Emit, node: MemberExpression, context: Context, hold: boolean, guards: Piece[]): { value: Piece; receiver: Piece } {
  const { temporaries } = context
  const { object } = node
  const heavy = hold || (node.computed && hasStep(emit, node.property))
  const simple = object.type === 'ThisExpression' || (object.type === 'Identifier' && (!heavy || emit.units.isConstant(object)))
  if (simple && !node.optional) {
    const receiver = print(emit, object, context)
    return { value: printAccess(emit, node, context, receiver, receiver), receiver }
  }
  const value = printLink(emit, object as Node, context, guards)
  const name = heavy ? temporaries.hold() : temporaries.brief('o')
  const argument = object.type === 'SequenceExpression' ? text`(${value})` : value
  if (node.optional) guards.push(text`(${name} = ${argument}) == null`)
  return { value: printAccess(emit, node, context, node.optional ? name : text`(${name} = ${argument})`, name), receiver: name }
}

/** A private async method has no other place to get its twin than where it is called. */
function printAccess(emit: Emit, node: MemberExpression, context: Context, first: Piece, again: Piece): Piece {
  const access = text`${first}${printKey(emit, node, context)}`
  if (node.property.type !== 'PrivateIdentifier') return access
  const member = emit.analysis.privates.get(node.property)
  if (member?.kind !== 'method' || !member.unit?.twin) return access
  return text`${attachName(emit, member.unit.node as FunctionNode)}(${access}, ${again}.#${emit.step(member.name)})`
}

function printKey(emit: Emit, node: MemberExpression, context: Context): Piece {
  const { property } = node
  return node.computed ? text`[${print(emit, property, context)}]` : text`.${slice(property.start, property.end)}`
}

/** Evaluates arguments once, in order; gives the list that names them. */
export function holdArguments(emit: Emit, nodes: readonly Node[], context: Context, sequence: Piece[]): Piece {
  const last = nodes.findLastIndex((node) => hasStep(emit, node))
  const list = nodes.map((node, index) => {
    if (index > last || isFixed(emit, node)) return printArgument(emit, node, context)
    const spread = node.type === 'SpreadElement'
    const value = printArgument(emit, spread ? node.argument : node, context)
    const name = context.temporaries.hold()
    // In parentheses an anonymous function does not take the variable's name.
    const unnamed = isFunction(node) || node.type === 'ClassExpression' ? text`(0, ${value})` : value
    sequence.push(spread ? text`${name} = [...${unnamed}]` : text`${name} = ${unnamed}`)
    return spread ? `...${name}` : name
  })
  return join(list, ', ')
}

function isFixed(emit: Emit, node: Node): boolean {
  return node.type === 'Literal' || node.type === 'ThisExpression' || (node.type === 'Identifier' && emit.units.isConstant(node))
}

// Optional chains.

export function printChain(emit: Emit, node: ChainExpression, context: Context): Piece {
  if (!context.stepped || !spineSteps(emit, node.expression)) return printChildren(emit, node, context)
  const guards: Piece[] = []
  const value = printLink(emit, node.expression, context, guards)
  return guards.length === 0 ? value : text`(${join(guards, ' || ')} ? undefined : ${value})`
}

export function printDelete(emit: Emit, node: UnaryExpression, context: Context): Piece {
  const chain = node.argument as ChainExpression
  if (!spineSteps(emit, chain.expression)) return printChildren(emit, node, context)
  const guards: Piece[] = []
  const value = printLink(emit, chain.expression, context, guards)
  return guards.length === 0 ? text`delete ${value}` : text`(${join(guards, ' || ')} ? true : delete ${value})`
}

/** Whether a call of the chain itself, not only one in its arguments, is a step. */
function spineSteps(emit: Emit, node: Node): boolean {
  if (node.type === 'MemberExpression') return spineSteps(emit, node.object as Node)
  if (node.type !== 'CallExpression') return false
  return emit.units.isStep(node) || spineSteps(emit, node.callee as Node)
}

/** One link of a chain, evaluated if all `guards` before it are false. */
function printLink(emit: Emit, node: Node, context: Context, guards: Piece[]): Piece {
  if (node.type === 'CallExpression') {
    const kind = emit.units.classify(node).kind
    if (kind === 'dynamic' || kind === 'private') return printSteppedCallIn(emit, node, context, guards)
    return print(emit, node, context)
  }
  if (node.type !== 'MemberExpression' || node.object.type === 'Super') return print(emit, node, context)
  const base = printBase(emit, node.object, context, guards, node.optional)
  return printPrivateValue(emit, node, () => base) ?? text`${base}${printKey(emit, node, context)}`
}

function printSteppedCallIn(emit: Emit, node: CallExpression, context: Context, guards: Piece[]): Piece {
  const found = emit.units.classify(node)
  if (found.kind === 'private' && (!found.unit.twin || (node.callee as MemberExpression).optional || node.optional)) {
    const { object, property, optional } = node.callee as MemberExpression
    const base = printBase(emit, object, context, guards, optional)
    const name = (property as PrivateIdentifier).name
    const args = printArguments(emit, node.arguments, context)
    const at = callPosition(emit, node, node.callee)
    if (!found.unit.twin) return textAt(at)`${base}.#${name}(${args})`
    return printEnter(emit, context, at, textAt(at)`${base}.#${emit.step(name)}(${args})`)
  }
  return printSteppedCall(emit, node, context, guards)
}

/** The object of a member access, in parentheses where it needs them. */
function printBase(emit: Emit, node: Node | Super, context: Context, guards: Piece[], optional = false): Piece {
  const value = printLink(emit, node as Node, context, guards)
  if (optional) {
    const c = context.temporaries.brief('c')
    guards.push(text`(${c} = ${node.type === 'SequenceExpression' ? text`(${value})` : value}) == null`)
    return c
  }
  const bare = node.type === 'Identifier' || node.type === 'ThisExpression' || node.type === 'MemberExpression' || node.type === 'CallExpression'
  return bare ? value : text`(${value})`
}

// Tagged templates.

export function printTagged(emit: Emit, node: TaggedTemplateExpression, context: Context): Piece {
  if (!context.stepped || !emit.units.isStep(node)) {
    // As a value the method would lose its receiver.
    if (node.tag.type !== 'MemberExpression' || node.tag.property.type !== 'PrivateIdentifier') return printChildren(emit, node, context)
    return printParts(emit, node.start, node.end, [node.tag.object as Node, node.quasi], context)
  }
  const { temporaries } = context
  const held = temporaries.held
  const { expressions } = node.quasi
  const heavy = expressions.some((expression) => hasStep(emit, expression))
  const callee = printCallee(emit, node.tag, context, heavy, [], false)
  const sequence: Piece[] = []
  const template: Piece[] = []
  let at = node.quasi.start
  for (const expression of expressions) {
    const value = print(emit, expression, context)
    let shown = value
    if (heavy && !isFixed(emit, expression)) {
      shown = temporaries.hold()
      const unnamed = isFunction(expression) || expression.type === 'ClassExpression' || expression.type === 'SequenceExpression'
      sequence.push(text`${shown} = ${unnamed ? text`(0, ${value})` : value}`)
    }
    template.push(slice(at, expression.start), shown)
    at = expression.end
  }
  template.push(slice(at, node.quasi.end))
  const piece = choose(emit, node, node.tag, context, callee, sequence, (name, receiver) =>
    receiver === undefined ? text`${name}${template}` : text`${name}.bind(${receiver})${template}`,
  )
  temporaries.release(held)
  return piece
}

/** Names that are no words to the engine: a call of `map.delete()` is at its parenthesis. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return switch this throw true try typeof var void while with'.split(
    ' ',
  ),
)

/** Where the engine says a call is: at the last word of the callee, or at what opens the call where none stands before that. */
function callPosition(emit: Emit, node: CallExpression | TaggedTemplateExpression, callee: Node | Super): number {
  const { source } = emit
  const open = node.type === 'CallExpression' ? '(' : '`'
  let at = skipSpace(source, callee.end)
  if (source[at] === open) {
    if (callee.type === 'Identifier' || callee.type === 'Super') return callee.start
    if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier' && !KEYWORDS.has(callee.property.name))
      return callee.property.start
  }
  // A template is where the token before it is.
  let before = callee.end - 1
  while (source[at] !== open && at < node.end) {
    before = at
    at = skipSpace(source, at + 1)
  }
  return open === '(' ? at : before
}

/** The next place that holds neither white space nor a comment. */
function skipSpace(source: string, start: number): number {
  const space = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y
  space.lastIndex = start
  space.test(source)
  return space.lastIndex
}
