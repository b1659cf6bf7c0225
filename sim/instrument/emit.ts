// Prints a module with its stepped twins. Printing is a walk over the tree: a node is its own source text with its
// children replaced by what they print as, so formatting and comments stay. The same node may be printed several
// times, as part of an original and as part of a twin; the context says which.
//
// This file holds what all of that shares: the state of one module, contexts, generated names, and the walk itself. What
// the walk does with calls, functions, classes, modules and `using` stands in files of its own.

import { builtinModules } from 'node:module'
import type { Identifier, ImportExpression, MemberExpression, MetaProperty, NewExpression, Property } from 'acorn'
import type { Site } from './contract.js'
import { isLink, printCall, printChain, printDelete, printTagged } from './emit-calls.js'
import { printClass } from './emit-classes.js'
import { isSteppedForAwait, printForAwait, printReturn, printYield } from './emit-for-await.js'
import { attachName, printFunction, printMethodProperty, printNamedComputed } from './emit-functions.js'
import { printMade, printNew } from './emit-new.js'
import { printBlock, printBody, printStatement, printSwitch } from './emit-statements.js'
import { join, type Lines, mapped, type Piece, slice, text } from './emit-text.js'
import { isForUsing, isUsing, printForUsing, printUsing } from './emit-using.js'
import type { Analysis } from './scope-analysis.js'
import type { Binding } from './scope-bindings.js'
import { type ClassNode, children, type FunctionNode, isFunction, type Node, some } from './scope-tree.js'
import type { Unit } from './scope-unit.js'
import type { Units } from './scope-units.js'
import type { TransformOptions } from './transform.js'

/** How `this` and its like are written here. */
export interface Lexical {
  readonly this: string
  readonly arguments: string
  readonly newTarget: string
  /** `super.x` is written `$super("x")`. */
  readonly super: boolean
}

export interface Context {
  /** Inside a twin: calls are dispatched, operations are steps. */
  readonly stepped: boolean
  /** Inside the twin of an async function or async generator. */
  readonly async: 'no' | 'function' | 'generator'
  /** Inside the twin of a constructor: it returns what it makes. */
  readonly constructs: boolean
  readonly lexical: Lexical
  /** How the twin of an arrow that stands here writes them; undefined where the arrow must capture them in place. */
  readonly capture: Lexical | undefined
  /** Captured in place: by value, or by a function where `this` may not exist yet. */
  readonly inPlace: 'value' | 'thunk'
  /** Temporaries of the twin. */
  readonly temporaries: Temporaries
}

/** Local variables that a twin needs, few because each is saved whenever the twin is suspended. */
export class Temporaries {
  readonly used = new Set<string>()
  #held = 0
  readonly #emit: Emit

  constructor(emit: Emit) {
    this.#emit = emit
  }

  /** A variable whose value is used up before anything else is evaluated. */
  brief(name: 'r' | 't' | 'f' | 'o' | 'c' | 'g'): string {
    const full = this.#emit.name(name)
    this.used.add(full)
    return full
  }

  /** A variable that keeps its value while other expressions are evaluated; give back with {@link release}. */
  hold(): string {
    const full = this.#emit.name(String(++this.#held))
    this.used.add(full)
    return full
  }

  get held(): number {
    return this.#held
  }

  release(held: number): void {
    this.#held = held
  }
}

/** State of one module under transformation. */
export class Emit {
  readonly source: string
  readonly options: TransformOptions
  readonly analysis: Analysis
  readonly units: Units
  readonly lines: Lines
  readonly sites: Site[] = []
  /** Function expressions to print without twin, because it is attached elsewhere. */
  readonly bare = new Set<Node>()
  /** Module-level variables that the header must declare. */
  readonly variables: string[] = []
  /** Imports of Node's own modules whose value differs from thread to thread: read where they are used. */
  readonly liveImports = new Map<Binding, string>()
  /** Calls of twins are entered. */
  enters = false
  /** Constructors have twins. */
  needsMark = false
  needsKey = false
  needsMeta = false
  needsGlobal = false
  readonly #prefix: string
  readonly #suffix: string
  readonly #siteOf = new Map<Node, number>()
  #count = 0

  constructor(source: string, options: TransformOptions, units: Units, lines: Lines) {
    this.source = source
    this.options = options
    this.units = units
    this.analysis = units.analysis
    this.lines = lines
    let prefix = '$'
    while (new RegExp(`(?<![\\w$])${prefix.replaceAll('$', '\\$')}(?:${ownNames})(?![\\w$])`).test(source)) prefix += '$'
    this.#prefix = prefix
    let suffix = '$step'
    while (source.includes(suffix)) suffix = `$${suffix}`
    this.#suffix = suffix
  }

  /** A generated name that no name of the user's equals. */
  name(base: string): string {
    return this.#prefix + base
  }

  step(name: string): string {
    return name + this.#suffix
  }

  /** A module-level name, different at each call. */
  unique(base: string): string {
    return this.name(`${base}${++this.#count}`)
  }

  variable(): string {
    const name = this.unique('k')
    this.variables.push(name)
    return name
  }

  unitOf(node: FunctionNode | Node): Unit {
    const unit = this.analysis.unitOf.get(node)
    if (unit === undefined) throw new Error(`heddle internal: ${node.type} at offset ${node.start} was not analysed`)
    return unit
  }

  /** Number of the site of an atomic operation, the same for each copy of it. */
  site(node: Node, at: number, operation: string, array: Node, index: Node): number {
    let number = this.#siteOf.get(node)
    if (number === undefined) {
      number = this.sites.length
      this.#siteOf.set(node, number)
      this.sites.push({ ...this.position(at), operation, array: this.excerpt(array), index: this.excerpt(index) })
    }
    return number
  }

  /** Position in the user's own source. */
  position(offset: number): { line: number; column: number } {
    const { line, column } = this.lines.locate(offset)
    return this.options.positionOf(line + 1, column)
  }

  excerpt(node: Node): string {
    const all = this.source.slice(node.start, node.end).replaceAll(/\s+/g, ' ')
    return all.length > 40 ? `${all.slice(0, 39)}…` : all
  }
}

const ownNames = 'h|W|N|M|s|r|t|f|o|c|g|e|[0-9]+|[kdbx][0-9]+|this|arguments|newTarget|target|new|super|default|meta|key|globalThis|this_'

export const plainLexical: Lexical = { this: 'this', arguments: 'arguments', newTarget: 'new.target', super: false }

export function capturedLexical(emit: Emit, thunk: boolean): Lexical {
  return {
    this: emit.name('this') + (thunk ? '()' : ''),
    arguments: emit.name('arguments'),
    newTarget: emit.name('newTarget'),
    super: true,
  }
}

/** The context of code that runs as it is, in a function of its own. */
export function ownContext(emit: Emit, inPlace: Context['inPlace'], capture: Lexical | undefined): Context {
  return { stepped: false, async: 'no', constructs: false, lexical: plainLexical, capture, inPlace, temporaries: new Temporaries(emit) }
}

export function print(emit: Emit, node: Node, context: Context): Piece {
  switch (node.type) {
    case 'Identifier':
      return printIdentifier(emit, node, context)
    case 'ThisExpression':
      return context.lexical.this === 'this' ? slice(node.start, node.end) : { text: context.lexical.this, at: node.start }
    case 'MetaProperty':
      return printMeta(emit, node, context)
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return printFunction(emit, node as FunctionNode, context)
    case 'ClassDeclaration':
    case 'ClassExpression':
      return printClass(emit, node as ClassNode, context)
    case 'CallExpression':
      return printCall(emit, node, context)
    case 'ChainExpression':
      return printChain(emit, node, context)
    case 'NewExpression':
      if (emit.units.isGlobal(node.callee as Node, 'SharedArrayBuffer')) return printNewBuffer(emit, node, context)
      if (context.stepped && emit.units.isStep(node)) return printNew(emit, node, context)
      break
    case 'TaggedTemplateExpression':
      return printTagged(emit, node, context)
    case 'UnaryExpression':
      if (node.operator === 'delete' && context.stepped && node.argument.type === 'ChainExpression') return printDelete(emit, node, context)
      break
    case 'AwaitExpression':
      if (context.async !== 'no') return text`(yield ${emit.name('h')}.awaiting(${printArgument(emit, node.argument, context)}))`
      break
    case 'YieldExpression':
      if (context.async === 'generator') return printYield(emit, node, context)
      break
    case 'ReturnStatement':
      if (context.async === 'generator') return printReturn(emit, node, context)
      if (context.constructs) return printMade(emit, node, context)
      break
    case 'ImportExpression':
      return printImport(emit, node, context)
    case 'MemberExpression':
      return printMember(emit, node, context)
    case 'Property':
      if (node.method) return printMethodProperty(emit, node as Property, context)
      if (node.computed && node.kind === 'init' && isFunction(node.value as Node) && emit.unitOf(node.value as Node).inferred === 'computed') {
        return printNamedComputed(emit, node as Property, context)
      }
      if (node.shorthand && node.value.type === 'Identifier') {
        const value = print(emit, node.value, context)
        return 'text' in (value as object) ? text`${node.value.name}: ${value}` : value
      }
      break
    case 'BlockStatement':
      return printBlock(emit, node, context)
    case 'StaticBlock':
      return printBody(emit, node.body, node.start, node.end, emit.unitOf(node), ownContext(emit, 'value', capturedLexical(emit, false)))
    case 'ExportSpecifier':
      return slice(node.start, node.end)
    case 'VariableDeclaration':
      if (isUsing(node)) return printUsing(emit, node, context)
      break
    case 'SwitchStatement':
      return printSwitch(emit, node, context)
    case 'ForStatement':
    case 'ForOfStatement':
      if (isForUsing(node)) return printForUsing(emit, node, context, [])
      if (isSteppedForAwait(node, context)) return printForAwait(emit, node, context, [])
      break
    case 'ExpressionStatement':
    case 'IfStatement':
    case 'LabeledStatement':
      return printStatement(emit, node, context)
  }
  return printChildren(emit, node, context)
}

/** The node's own text, with its children printed. */
export function printChildren(emit: Emit, node: Node, context: Context): Piece {
  return printParts(emit, node.start, node.end, children(node), context)
}

/** The text from `start` to `end`, with some nodes in it printed. */
export function printParts(emit: Emit, start: number, end: number, nodes: readonly Node[], context: Context): Piece {
  const pieces: Piece[] = []
  let at = start
  for (const node of nodes) {
    pieces.push(slice(at, node.start), print(emit, node, context))
    at = node.end
  }
  pieces.push(slice(at, end))
  return pieces
}

/**
 * An expression where an argument or an initialiser may stand: a sequence needs parentheses. So do patterns that are assigned, for V8 takes
 * `f([0], [a] = [1])` for an error.
 */
export function printArgument(emit: Emit, node: Node, context: Context): Piece {
  const piece = print(emit, node, context)
  const isPattern = node.type === 'AssignmentExpression' && (node.left.type === 'ArrayPattern' || node.left.type === 'ObjectPattern')
  return isPattern || node.type === 'SequenceExpression' ? text`(${piece})` : piece
}

export function printArguments(emit: Emit, nodes: readonly Node[], context: Context): Piece {
  return join(
    nodes.map((node) => printArgument(emit, node, context)),
    ', ',
  )
}

/** Whether the text of a node, printed in a twin, differs from the source by more than names. */
export function hasStep(emit: Emit, node: Node): boolean {
  return some(node, (inner) => {
    switch (inner.type) {
      case 'CallExpression':
      case 'NewExpression':
      case 'TaggedTemplateExpression':
        return emit.units.isStep(inner)
      case 'AwaitExpression':
      case 'YieldExpression':
        return true
      default:
        return isFunction(inner) || inner.type === 'ClassExpression'
    }
  })
}

function printIdentifier(emit: Emit, node: Identifier, context: Context): Piece {
  if (context.lexical.arguments !== 'arguments' && emit.analysis.argumentReferences.has(node)) return { text: context.lexical.arguments, at: node.start }
  if (node.name === 'globalThis' && emit.units.isGlobal(node)) {
    emit.needsGlobal = true
    return { text: emit.name('globalThis'), at: node.start }
  }
  const binding = emit.liveImports.size === 0 ? undefined : emit.analysis.references.get(node)
  const live = binding === undefined ? undefined : emit.liveImports.get(binding)
  return live === undefined ? slice(node.start, node.end) : { text: live, at: node.start }
}

function printMeta(emit: Emit, node: MetaProperty, context: Context): Piece {
  if (node.meta.name === 'new') {
    return context.lexical.newTarget === 'new.target' ? slice(node.start, node.end) : { text: context.lexical.newTarget, at: node.start }
  }
  emit.needsMeta = true
  return { text: emit.name('meta'), at: node.start }
}

/** `new SharedArrayBuffer(8)` as `new $h.SharedArrayBuffer(8)`. */
function printNewBuffer(emit: Emit, node: NewExpression, context: Context): Piece {
  const { start, end } = node.callee
  return text`${slice(node.start, start)}${emit.name('h')}.${slice(start, end)}${printParts(emit, end, node.end, node.arguments, context)}`
}

function printImport(emit: Emit, node: ImportExpression, context: Context): Piece {
  const { source } = node
  const options = (node as { options?: Node | null }).options
  const literal = literalText(source)
  const specifier =
    literal === undefined || isBuiltinName(literal) ? printArgument(emit, source, context) : JSON.stringify(emit.options.resolve(literal, 'dynamic'))
  const rest = options ? text`, ${printArgument(emit, options, context)}` : ''
  // An import is where its keyword is.
  return text`${mapped(`${emit.name('h')}.importDynamic`, node.start)}(${specifier}, ${JSON.stringify(emit.options.file)}${rest})`
}

function literalText(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

function printMember(emit: Emit, node: MemberExpression, context: Context): Piece {
  if (node.object.type === 'Super' && context.lexical.super) {
    const key = node.computed ? printArgument(emit, node.property, context) : JSON.stringify((node.property as Identifier).name)
    return text`${emit.name('super')}(${key})`
  }
  // Inside an optional chain the object cannot be taken out of it.
  if (node.object.type === 'Super' || node.optional || isLink(node.object)) return printChildren(emit, node, context)
  return printPrivateValue(emit, node, () => printArgument(emit, node.object as Node, context)) ?? printChildren(emit, node, context)
}

/** A private method used as a value takes its twin along; undefined for all other members. */
export function printPrivateValue(emit: Emit, node: MemberExpression, object: () => Piece): Piece | undefined {
  if (node.property.type !== 'PrivateIdentifier') return undefined
  const unit = emit.analysis.privates.get(node.property)?.unit
  if (unit === undefined || !unit.twin || unit.kind !== 'method' || !isFunction(unit.node)) return undefined
  const name = node.property.name
  const o = emit.name('o')
  const pair = `${attachName(emit, unit.node)}(${o}.#${name}, ${o}.#${emit.step(name)})`
  return text`((${o}) => ${pair})(${object()})`
}

export function isBuiltinName(specifier: string): boolean {
  return specifier.startsWith('node:') || builtins.has(specifier)
}

const builtins = new Set(builtinModules)
