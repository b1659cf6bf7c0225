// A module that declares resources at its top level. From the first such declaration on its statements stand in a `try`, where nothing can
// be imported, exported or hoisted. So it is taken apart, as TypeScript does it: imports, exports and functions stay before the
// `try`, where variables and classes are declared as well, and in the `try` these are assigned what they were declared with. What is
// lost is that to read one of them too early, or to assign a constant, throws.

import type { ExportDefaultDeclaration, Identifier, VariableDeclaration } from 'acorn'
import { type Context, type Emit, print, printArgument } from './emit.js'
import { printItem, printList } from './emit-statements.js'
import { join, type Piece, text } from './emit-text.js'
import { isUsing, printUse, wrapDisposables } from './emit-using.js'
import { boundNames, isAnonymousFunction, type Node } from './scope-tree.js'

/** The text from `start` on of a module that declares resources; `printOuter` prints what stands at the top level of a module. */
export function printResourceModule(emit: Emit, statements: readonly Node[], start: number, context: Context, printOuter: (node: Node) => Piece): Piece {
  const first = statements.findIndex(isUsing)
  const from = statements[first]?.start ?? start
  const outer: Piece[] = []
  const before = printList(emit, statements.slice(0, first), start, from, context, (_, node) => printOuter(node))
  const inside = printList(emit, statements.slice(first), from, emit.source.length, context, (_, node) => {
    const parts = takeApart(emit, node, context, printOuter)
    outer.push(parts.outer)
    return parts.inner
  })
  // The last line may end with a comment.
  return text`${before}${outer}${wrapDisposables(emit, statements, text`${inside}\n`, context)}`
}

interface Parts {
  /** Stands before the `try`. */
  readonly outer: Piece
  /** Stands in it. */
  readonly inner: Piece
}

function takeApart(emit: Emit, statement: Node, context: Context, printOuter: (node: Node) => Piece): Parts {
  const declaration = statement.type === 'ExportNamedDeclaration' ? (statement.declaration as Node | null) : undefined
  const node = declaration ?? statement
  const exported = node === statement ? '' : 'export '
  switch (node.type) {
    case 'VariableDeclaration':
      return takeApartVariables(emit, node, exported, context)
    case 'ClassDeclaration': {
      const { name } = node.id as Identifier
      return { outer: ` ${exported}let ${name};`, inner: printAssigned(name, print(emit, node, context)) }
    }
    case 'ExportDefaultDeclaration':
      return takeApartDefault(emit, node, context, printOuter)
    case 'FunctionDeclaration':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return { outer: text` ${printOuter(statement)};`, inner: '' }
    default:
      return { outer: '', inner: printItem(emit, node, context) }
  }
}

function takeApartVariables(emit: Emit, node: VariableDeclaration, exported: string, context: Context): Parts {
  const names = node.declarations.flatMap(({ id }) => boundNames(id)).join(', ')
  // Hoisted out of the `try` by itself.
  if (node.kind === 'var') return { outer: exported === '' ? '' : ` export { ${names} };`, inner: printItem(emit, node, context) }
  const assignments = node.declarations.flatMap(({ id, init }) => {
    if (!init) return []
    const value = printArgument(emit, init, context)
    return [printAssigned(print(emit, id, context), isUsing(node) ? printUse(emit, node, value) : value)]
  })
  return { outer: ` ${exported}let ${names};`, inner: join(assignments, ' ') }
}

function takeApartDefault(emit: Emit, node: ExportDefaultDeclaration, context: Context, printOuter: (node: Node) => Piece): Parts {
  const declaration = node.declaration as Node
  if (declaration.type === 'FunctionDeclaration') return { outer: text` ${printOuter(node)};`, inner: '' }
  const isClass = declaration.type === 'ClassDeclaration' || declaration.type === 'ClassExpression'
  const name = (declaration.type === 'ClassDeclaration' ? declaration.id?.name : undefined) ?? emit.name('default')
  const value = printArgument(emit, declaration, context)
  const isAnonymous = isAnonymousFunction(declaration) || (isClass && !declaration.id)
  return { outer: ` let ${name}; export { ${name} as default };`, inner: printAssigned(name, isAnonymous ? text`{ default: ${value} }.default` : value) }
}

/** The keyword keeps the statement apart from the one before. */
function printAssigned(target: Piece, value: Piece): Piece {
  return text`void (${target} = ${value});`
}
