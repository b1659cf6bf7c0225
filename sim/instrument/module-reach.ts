// What of a module is reached through which of its names, as a bundler that drops unused code sees it: without running anything, and erring on
// the side of reaching too much. A function can run only if somebody has its value; code has the value of what it mentions. So the top level is taken
// apart into stretches: a function, a quiet class, or a literal made of such is reached when its name is; everything else runs, or may pass on the
// functions in it, when the module is loaded. reached-state.ts follows the mentions through all modules.

import type { ClassBody, Identifier, Program, VariableDeclarator } from 'acorn'
import type { Analysis } from './scope-analysis.js'
import { boundNames, children, isFunction, type Node, some } from './scope-tree.js'

/** A part of the top level. */
export interface Stretch {
  readonly node: Node
  /** The name by which it is reached; {@link LOADING} for what is reached when the module is loaded. */
  readonly owner: string
}

/** Another module's export: its name, or {@link ALL}. */
export interface Foreign {
  readonly specifier: string
  readonly name: string
}

export interface ModuleReach {
  /** What each stretch mentions of the top level, by its owner. */
  readonly mentions: Readonly<Record<string, readonly string[]>>
  readonly imports: Readonly<Record<string, Foreign>>
  /** What each export leads to: a name of this module or of another. */
  readonly exports: Readonly<Record<string, string | Foreign>>
  /** Specifiers of `export * from`. */
  readonly stars: readonly string[]
  /** It evaluates text, or imports what only running it tells: it may reach anything. */
  readonly reachesAnything: boolean
}

export const LOADING = ''
export const ALL = '*'
/** Stands for the value of `export default` that has no name. */
const DEFAULT = '*default*'

export function moduleReach(program: Program, analysis: Analysis): ModuleReach {
  const mentions = new Map<string, Set<string>>()
  for (const { node, owner } of stretches(program)) {
    mentions.set(owner, new Set([...(mentions.get(owner) ?? []), ...mentioned(node, analysis)]))
  }
  const reachesAnything = analysis.globals.has('eval') || some(program, (node) => node.type === 'ImportExpression' && !isText(node.source))
  return { mentions: Object.fromEntries([...mentions].map(([owner, names]) => [owner, [...names]])), ...foreigners(program), reachesAnything }
}

/** The top level, apart from imports and lists of exports. */
export function stretches(program: Program): Stretch[] {
  return program.body.flatMap((statement): Stretch[] => {
    switch (statement.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return []
      case 'ExportNamedDeclaration':
        return statement.declaration ? declared(statement.declaration) : []
      case 'ExportDefaultDeclaration': {
        const node = statement.declaration as Node
        const name = (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id ? node.id.name : DEFAULT
        return [{ node, owner: isQuiet(node) ? name : LOADING }]
      }
      default:
        return declared(statement)
    }
  })
}

function declared(node: Node): Stretch[] {
  if (node.type === 'VariableDeclaration') {
    // What is disposed of is called when the module ends.
    const isUsed = node.kind === 'using' || node.kind === 'await using'
    return node.declarations.map((one) => ({ node: one, owner: isUsed ? LOADING : ownerOf(one) }))
  }
  const isNamed = (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id !== null
  return [{ node, owner: isNamed && isQuiet(node) ? (node.id as Identifier).name : LOADING }]
}

function ownerOf({ id, init }: VariableDeclarator): string {
  return id.type === 'Identifier' && (!init || isQuiet(init)) ? id.name : LOADING
}

/** Whether evaluating the node runs none of the user's code and passes nothing on. */
function isQuiet(node: Node): boolean {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'Literal':
    case 'Identifier':
      return true
    case 'ClassDeclaration':
    case 'ClassExpression':
      return (!node.superClass || node.superClass.type === 'Identifier') && isQuietBody(node.body)
    case 'ArrayExpression':
      return node.elements.every((element) => element === null || isQuiet(element))
    case 'ObjectExpression':
      return node.properties.every((property) => property.type === 'Property' && isQuietKey(property) && isQuiet(property.value as Node))
    default:
      return false
  }
}

function isQuietBody({ body }: ClassBody): boolean {
  return body.every((element) => {
    if (element.type === 'StaticBlock' || !isQuietKey(element)) return false
    return element.type === 'MethodDefinition' || !element.static || !element.value || isQuiet(element.value)
  })
}

/** A computed key may have a `toString` of its own; a well-known symbol has none. */
function isQuietKey({ computed, key }: { readonly computed: boolean; readonly key: Node }): boolean {
  if (!computed || key.type === 'Literal') return true
  return key.type === 'MemberExpression' && !key.computed && key.object.type === 'Identifier' && key.object.name === 'Symbol'
}

/** Names of the top level that the node mentions. */
function mentioned(node: Node, analysis: Analysis): string[] {
  const binding = node.type === 'Identifier' ? analysis.references.get(node) : undefined
  const own = binding !== undefined && analysis.topLevel.get(binding.name) === binding ? [binding.name] : []
  return [...own, ...children(node).flatMap((child) => mentioned(child, analysis))]
}

function foreigners(program: Program): Pick<ModuleReach, 'imports' | 'exports' | 'stars'> {
  const imports = new Map<string, Foreign>()
  const exports = new Map<string, string | Foreign>()
  const stars: string[] = []
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      for (const one of statement.specifiers) {
        const name = one.type === 'ImportSpecifier' ? textOf(one.imported) : one.type === 'ImportDefaultSpecifier' ? 'default' : ALL
        imports.set(one.local.name, { specifier: String(statement.source.value), name })
      }
    } else if (statement.type === 'ExportAllDeclaration') {
      const specifier = String(statement.source.value)
      if (statement.exported) exports.set(textOf(statement.exported), { specifier, name: ALL })
      else stars.push(specifier)
    } else if (statement.type === 'ExportDefaultDeclaration') {
      exports.set('default', stretches({ ...program, body: [statement] })[0]?.owner ?? LOADING)
    } else if (statement.type === 'ExportNamedDeclaration') {
      const { source, declaration } = statement
      for (const { exported, local } of statement.specifiers) {
        exports.set(textOf(exported), source ? { specifier: String(source.value), name: textOf(local) } : textOf(local))
      }
      for (const name of declaration ? declaredNames(declaration) : []) exports.set(name, name)
    }
  }
  return { imports: Object.fromEntries(imports), exports: Object.fromEntries(exports), stars }
}

function declaredNames(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => boundNames(id))
  return (isFunction(node) || node.type === 'ClassDeclaration') && node.id ? [node.id.name] : []
}

function isText(node: Node): boolean {
  return node.type === 'Literal' || (node.type === 'TemplateLiteral' && node.expressions.length === 0)
}

/** A name, which may be written as a string. */
function textOf(node: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return node.type === 'Identifier' ? String(node.name) : String(node.value)
}
