// The module as a whole: its header, imports and exports, and the twins of functions declared at the top level.
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
import { type Constant, printHeader } from './emit-header.js'
import { printResourceModule } from './emit-module-using.js'
import { printAttaches, printItem, printList } from './emit-statements.js'
import { type Piece, slice, text } from './emit-text.js'
import { isUsing } from './emit-using.js'
import type { Node } from './scope-tree.js'

/** The printed module, and the module that its header imports, where it does. */
export interface PrintedModule {
  readonly piece: Piece
  readonly header: string | undefined
}

export function printModule(emit: Emit, program: Program): PrintedModule {
  const directives = program.body.filter((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined)
  const hashbang = /^#!.*\r?\n?/.exec(emit.source)?.[0].length ?? 0
  const start = directives.at(-1)?.end ?? hashbang
  const context = ownContext(emit, 'value', capturedLexical(emit, false))
  const module = new ModuleParts(emit, program)
  module.findLiveImports(program)
  const statements = program.body.slice(directives.length)
  const printOne = (node: Node): Piece => module.print(node) ?? printItem(emit, node, context)
  const body = statements.some(isUsing)
    ? printResourceModule(emit, statements, start, context, printOne)
    : printList(emit, statements, start, emit.source.length, context, (_, node) => printOne(node))
  const attaches = printAttaches(emit, statements)
  const header = printHeader(emit, module.constants)
  const separator = directives.length > 0 && emit.source[start - 1] !== ';' ? '; ' : ''
  return { piece: text`${slice(0, start)}${separator}${header.text}${module.attaches}${attaches} ${body}`, header: header.module }
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
  /** For the header. */
  readonly constants: Constant[] = []
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
    for (const specifier of node.specifiers) {
      const { name: local } = specifier.local
      if (specifier.type === 'ImportNamespaceSpecifier') this.constants.push({ name: local, value: builtin })
      else {
        const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported)
        this.constants.push({ name: local, value: member(builtin, imported) })
      }
    }
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
    this.constants.push({ name: variable, value: `${this.#emit.name('h')}.builtin(${JSON.stringify(name)})` })
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
      this.constants.push({ name: variable, value: member(builtin, local) })
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
