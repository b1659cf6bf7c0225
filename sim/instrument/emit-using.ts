// `using` declarations, written out as `try … catch … finally` in originals and twins alike: Node 20 does not have them. In a
// twin the disposers run stepped.

import type { ForOfStatement, ForStatement, VariableDeclaration } from 'acorn'
import { type Context, type Emit, print, printArgument, printParts } from './emit.js'
import { type Piece, slice, text } from './emit-text.js'
import { children, type Node } from './scope-tree.js'

/** Whether the statement itself declares a resource: a declaration, or a loop whose head does. */
export function usesDisposable(node: Node): boolean {
  if (node.type === 'VariableDeclaration') return node.kind === 'using'
  if (node.type === 'ForStatement') return Boolean(node.init) && usesDisposable(node.init as Node)
  return node.type === 'ForOfStatement' && usesDisposable(node.left)
}

/** The contents of a block with resources. */
export function wrapDisposables(emit: Emit, contents: Piece, context: Context): Piece {
  return wrap(emit, stackName(emit), contents, context)
}

// One name serves all blocks: an inner block's stack hides the outer one only where no outer resource can be declared.
function stackName(emit: Emit): string {
  return emit.name('d0')
}

function wrap(emit: Emit, stack: string, contents: Piece, context: Context): Piece {
  const h = emit.name('h')
  const e = emit.name('e')
  return text` const ${stack} = ${h}.disposables(); try {${contents}} catch (${e}) { ${h}.disposeError(${stack}, ${e}); } finally { ${printDispose(emit, stack, context)} }`
}

function printDispose(emit: Emit, stack: string, context: Context): Piece {
  const h = emit.name('h')
  if (!context.stepped) return `${h}.dispose(${stack});`
  const t = context.temporaries.brief('t')
  return `if ((${t} = ${h}.twin(${h}.dispose, "dispose")) !== undefined) yield* ${t}(${stack}); else ${h}.dispose(${stack});`
}

/** `using a = x` as `const a = $h.use($d0, x)`. */
export function printUsing(emit: Emit, node: VariableDeclaration, context: Context): Piece {
  const pieces: Piece[] = ['const']
  let at = node.start + 'using'.length
  for (const { id, init } of node.declarations) {
    pieces.push(slice(at, id.end))
    at = id.end
    if (!init) continue
    pieces.push(slice(at, init.start), text`${emit.name('h')}.use(${stackName(emit)}, ${printArgument(emit, init, context)})`)
    at = init.end
  }
  pieces.push(slice(at, node.end))
  return pieces
}

/** A loop whose head declares resources; its labels go with it. */
export function printForUsing(emit: Emit, node: ForStatement | ForOfStatement, context: Context, labels: readonly Piece[]): Piece {
  if (node.type === 'ForStatement') {
    // Declared once, before the loop: the clean-up is around all of it.
    return text`{${wrap(emit, stackName(emit), text` ${labels}${printParts(emit, node.start, node.end, children(node), context)} `, context)} }`
  }
  const { left, right, body } = node
  const declaration = left as VariableDeclaration
  const id = declaration.declarations[0]?.id as Node
  const item = emit.name('x0')
  const head = text`${slice(node.start, left.start)}const ${item}${slice(left.end, right.start)}${print(emit, right, context)}${slice(right.end, body.start)}`
  const use = text` const ${slice(id.start, id.end)} = ${emit.name('h')}.use(${stackName(emit)}, ${item}); ${print(emit, body, context)} `
  return text`${labels}${head}{${wrap(emit, stackName(emit), use, context)} }`
}
