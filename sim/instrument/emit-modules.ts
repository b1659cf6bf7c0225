// The module as a whole: the header that finds the runtime and declares stand-ins, imports and exports, and the twins of
// functions declared at the top level. The header stands on the module's first line, so that lines stay where they were.
//
// Imports of Node's own modules become constants: `$h.builtin("node:fs")` gives what `require` would give, and the default
// import is that object.

import { createRequire } from 'node:module'
import type {
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Expression,
  FunctionDeclaration,
  Identifier,
  ImportDeclaration,
  Literal,
  Program,
} from 'acorn'
import { capturedLexical, type Emit, isBuiltinName, ownContext } from './emit.js'
import { withScheme } from './emit-calls.js'
import { attachName, printOriginal, printTwin } from './emit-functions.js'
import { printAttaches, printItem, printList } from './emit-statements.js'
import { type Piece, slice, text } from './emit-text.js'
import type { Node } from './scope-tree.js'
import { STAND_IN_NAMES } from './transform-globals.js'

export function printModule(emit: Emit, program: Program): Piece {
  const directives = program.body.filter((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined)
  const hashbang = /^#!.*\r?\n?/.exec(emit.source)?.[0].length ?? 0
  const start = directives.at(-1)?.end ?? hashbang
  const context = ownContext(emit, 'value', capturedLexical(emit, false))
  const module = new ModuleParts(emit, program)
  module.findLiveImports(program)
  const statements = program.body.slice(directives.length)
  const body = printList(emit, statements, start, emit.source.length, context, (_, node) => module.print(node) ?? printItem(emit, node, context))
  const attaches = printAttaches(emit, statements)
  const header = text`${headerOf(emit)}${module.header}${module.attaches}${attaches}`
  const separator = directives.length > 0 && emit.source[start - 1] !== ';' ? '; ' : ''
  return text`${slice(0, start)}${separator}${header} ${body}`
}

function headerOf(emit: Emit): string {
  const { analysis, options } = emit
  const [h, file] = [emit.name('h'), JSON.stringify(options.file)]
  const declared = (name: string) => analysis.topLevel.has(name)
  const symbol = declared('Symbol') ? 'globalThis.Symbol' : 'Symbol'
  const root = declared('globalThis') ? 'global' : 'globalThis'
  const constants = [`${h} = ${root}[${symbol.replace('globalThis', root)}.for("heddle.runtime")]`]
  if (emit.sites.length > 0 || emit.enters) constants.push(`${emit.name('W')} = ${h}.SWITCH`)
  if (emit.enters) constants.push(`${emit.name('N')} = ${h}.NESTED`)
  if (emit.sites.length > 0) constants.push(`${emit.name('s')} = ${h}.module({ file: ${file}, sites: ${JSON.stringify(emit.sites)} })`)
  if (emit.needsGlobal) constants.push(`${emit.name('globalThis')} = ${h}.standIns.globalThis`)
  if (emit.needsMeta) constants.push(`${emit.name('meta')} = ${h}.importMeta(${file})`)
  if (emit.needsKey) constants.push(`${emit.name('key')} = (key) => ${root}.Reflect.ownKeys({ [key]: 0 })[0]`)
  if (analysis.program.captures.this) constants.push(`${emit.name('this')} = this`)
  if (analysis.program.captures.newTarget) constants.push(`${emit.name('newTarget')} = new.target`)
  const variables = [...emit.variables]
  for (const name of STAND_IN_NAMES) {
    if (name === 'globalThis' || !emit.units.mentionsImpurely(name)) continue
    const standIn = `${name} = ${h}.standIns.${name}`
    if (analysis.assignedGlobals.has(name)) variables.push(standIn)
    else constants.push(standIn)
  }
  const statements = [`const ${constants.join(', ')};`]
  if (variables.length > 0) statements.push(`let ${variables.join(', ')};`)
  if (options.format === 'commonjs') {
    // Parameters of the function that Node wraps around a CommonJS module, so they are assigned.
    const slash = Math.max(options.file.lastIndexOf('/'), options.file.lastIndexOf('\\'))
    if (analysis.globals.has('require')) statements.push(`require = ${h}.requireFrom(${file});`)
    if (analysis.globals.has('__filename')) statements.push(`__filename = ${file};`)
    if (analysis.globals.has('__dirname')) statements.push(`__dirname = ${JSON.stringify(options.file.slice(0, Math.max(slash, 1)))};`)
  }
  return statements.join(' ')
}

/** What Node's modules tell each thread of its own. */
const LIVE_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['node:worker_threads', new Set(['threadId', 'isMainThread', 'workerData', 'parentPort'])],
  ['node:process', new Set(['pid', 'ppid'])],
])

class ModuleParts {
  readonly #emit: Emit
  readonly #exported: ReadonlySet<string>
  readonly #builtins = new Map<string, string>()
  /** Statements for the header. */
  readonly header: string[] = []
  readonly attaches: Piece[] = []

  constructor(emit: Emit, program: Program) {
    this.#emit = emit
    this.#exported = new Set(program.body.flatMap(exportedNames))
  }

  /** Statements that only modules have; undefined for all others. */
  print(node: Node): Piece | undefined {
    switch (node.type) {
      case 'ImportDeclaration':
        return this.#import(node)
      case 'ExportAllDeclaration':
        return this.#exportAll(node)
      case 'ExportNamedDeclaration':
        return node.source ? this.#exportFrom(node, node.source) : undefined
      case 'ExportDefaultDeclaration':
        return this.#exportDefault(node)
      default:
        return undefined
    }
  }

  /** To be called before anything is printed: functions may use an import that stands below them. */
  findLiveImports(program: Program): void {
    for (const node of program.body) {
      if (node.type !== 'ImportDeclaration') continue
      const name = withScheme(String(node.source.value))
      const members = LIVE_MEMBERS.get(name)
      if (members === undefined) continue
      for (const specifier of node.specifiers) {
        if (specifier.type !== 'ImportSpecifier' || !members.has(nameOf(specifier.imported))) continue
        const binding = this.#emit.analysis.topLevel.get(specifier.local.name)
        if (binding !== undefined) this.#emit.liveImports.set(binding, member(this.#builtin(name), nameOf(specifier.imported)))
      }
    }
  }

  #import(node: ImportDeclaration): Piece {
    const name = String(node.source.value)
    if (!isBuiltinName(name)) return this.#resolved(node, node.source)
    const builtin = this.#builtin(name)
    const list = node.specifiers.map((specifier) => {
      if (specifier.type === 'ImportNamespaceSpecifier') return `${specifier.local.name} = ${builtin}`
      const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported)
      return `${specifier.local.name} = ${member(builtin, imported)}`
    })
    if (list.length > 0) this.header.push(` const ${list.join(', ')};`)
    return this.#lineBreaks(node)
  }

  #resolved(node: Node, source: Literal): Piece {
    const specifier = JSON.stringify(this.#emit.options.resolve(String(source.value), 'import'))
    return text`${slice(node.start, source.start)}${specifier}${slice(source.end, node.end)}`
  }

  #builtin(specifier: string): string {
    const name = withScheme(specifier)
    const known = this.#builtins.get(name)
    if (known !== undefined) return known
    const variable = this.#emit.unique('b')
    this.#builtins.set(name, variable)
    this.header.push(` const ${variable} = ${this.#emit.name('h')}.builtin(${JSON.stringify(name)});`)
    return variable
  }

  /** Keeps the lines below where they are. */
  #lineBreaks(node: Node): string {
    return '\n'.repeat(this.#emit.source.slice(node.start, node.end).split('\n').length - 1)
  }

  #exportAll(node: ExportAllDeclaration): Piece {
    const name = String(node.source.value)
    if (!isBuiltinName(name)) return this.#resolved(node, node.source)
    const builtin = this.#builtin(name)
    const breaks = this.#lineBreaks(node)
    if (node.exported) return `export { ${builtin} as ${quoted(nameOf(node.exported))} };${breaks}`
    const found = createRequire(import.meta.url)(withScheme(name)) as object
    const names = Object.keys(found).filter((key) => key !== 'default' && !this.#exported.has(key))
    return this.#reexport(
      builtin,
      names.map((key) => [key, key]),
      breaks,
    )
  }

  #exportFrom(node: ExportNamedDeclaration, source: Literal): Piece {
    if (!isBuiltinName(String(source.value))) return this.#resolved(node, source)
    const pairs = node.specifiers.map(({ local, exported }) => [nameOf(local), nameOf(exported)] as const)
    return this.#reexport(this.#builtin(String(source.value)), pairs, this.#lineBreaks(node))
  }

  #reexport(builtin: string, pairs: readonly (readonly [string, string])[], breaks: string): string {
    const exports = pairs.map(([local, exported]) => {
      const variable = this.#emit.unique('b')
      this.header.push(` const ${variable} = ${member(builtin, local)};`)
      return `${variable} as ${quoted(exported)}`
    })
    return `export { ${exports.join(', ')} };${breaks}`
  }

  /** `export default function () {}` has no name to attach a twin to, so it gets one and is told to be called `default`. */
  #exportDefault(node: ExportDefaultDeclaration): Piece | undefined {
    const emit = this.#emit
    const declaration = node.declaration as FunctionDeclaration | Expression
    if (declaration.type !== 'FunctionDeclaration' || declaration.id || !emit.unitOf(declaration).twin) return undefined
    const name = emit.name('default')
    const context = ownContext(emit, 'value', capturedLexical(emit, false))
    const keyword = /^(?:async\s+)?function/.exec(emit.source.slice(declaration.start))?.[0].length ?? 0
    const twin = printTwin(emit, declaration, context, `function* ${emit.step(name)}`)
    const original = printOriginal(emit, declaration, context, declaration.start + keyword)
    this.attaches.push(
      ` ({}).constructor.defineProperty(${attachName(emit, declaration)}(${name}, ${emit.step(name)}), "name", { value: "default", configurable: true });`,
    )
    return text`${slice(node.start, declaration.start + keyword)} ${name}${original} ${twin}`
  }
}

function exportedNames(node: Node): string[] {
  if (node.type !== 'ExportNamedDeclaration') return []
  const declared = node.declaration && 'id' in node.declaration && node.declaration.id ? [(node.declaration.id as Identifier).name] : []
  return [...declared, ...node.specifiers.map(({ exported }) => nameOf(exported))]
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function member(builtin: string, name: string): string {
  if (name === 'default') return `${builtin}.default ?? ${builtin}`
  return `${builtin}[${JSON.stringify(name)}]`
}
