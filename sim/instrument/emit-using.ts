// `using` and `await using` declarations, written out as `try … catch … finally` in originals and twins alike: Node 20 does not have
// them. In a twin the disposers run stepped. A module that declares resources at its top level is taken apart by emit-module-using.ts.

import type { ForOfStatement, ForStatement, VariableDeclaration } from 'acorn'
import { type Context, type Emit, print, printArgument, printParts } from './emit.js'
import { printForAwaitOf } from './emit-for-await.js'
import { type Piece, slice, text } from './emit-text.js'
import { children, type Node } from './scope-tree.js'

/** Whether the node is a declaration of resources. */
export function isUsing(node: Node | null | undefined): node is VariableDeclaration {
  return node?.type === 'VariableDeclaration' && (node.kind === 'using' || node.kind === 'await using')
}

/** A loop whose head declares resources. */
export function isForUsing(node: Node): node is ForStatement | ForOfStatement {
  return (node.type === 'ForStatement' && isUsing(node.init as Node | null)) || (node.type === 'ForOfStatement' && isUsing(node.left))
}

/** The contents of a block, given the statements in it. */
export function wrapDisposables(emit: Emit, statements: readonly Node[], contents: Piece, context: Context): Piece {
  const resources = statements.filter(isUsing)
  return resources.length === 0 ? contents : wrap(emit, resources, contents, context)
}

// One name serves all blocks: an inner block's stack hides the outer one only where no outer resource can be declared.
function stackName(emit: Emit): string {
  return emit.name('d0')
}

function wrap(emit: Emit, resources: readonly VariableDeclaration[], contents: Piece, context: Context): Piece {
  const stack = stackName(emit)
  const h = emit.name('h')
  const e = emit.name('e')
  const clean = printDispose(
    emit,
    resources.some(({ kind }) => kind === 'await using'),
    context,
  )
  return text` const ${stack} = ${h}.disposables(); try {${contents}} catch (${e}) { ${h}.disposeError(${stack}, ${e}); } finally { ${clean} }`
}

function printDispose(emit: Emit, mayAwait: boolean, context: Context): Piece {
  const stack = stackName(emit)
  const h = emit.name('h')
  const e = emit.name('e')
  let dispose = `${h}.dispose(${stack})`
  if (context.stepped) {
    const t = context.temporaries.brief('t')
    dispose = `((${t} = ${h}.twin(${h}.dispose, "dispose")) !== undefined ? yield* ${t}(${stack}) : ${dispose})`
  }
  if (!mayAwait) return `${dispose};`
  const awaited = context.async !== 'no' ? `(yield ${h}.awaiting(${stack}.awaited))` : `await ${stack}.awaited`
  return `while (${dispose}) try { ${awaited}; } catch (${e}) { ${h}.disposalError(${stack}, ${e}); }`
}

/** `using a = x` as `const a = $h.use($d0, x)`. */
export function printUsing(emit: Emit, node: VariableDeclaration, context: Context): Piece {
  const pieces: Piece[] = ['const']
  let at = endOfKeyword(emit, node)
  for (const { id, init } of node.declarations) {
    pieces.push(slice(at, id.end))
    at = id.end
    if (!init) continue
    pieces.push(slice(at, init.start), printUse(emit, node, printArgument(emit, init, context)))
    at = init.end
  }
  pieces.push(slice(at, node.end))
  return pieces
}

/** The value of a resource, which the block's stack takes in. */
export function printUse(emit: Emit, { kind }: VariableDeclaration, value: Piece): Piece {
  return text`${emit.name('h')}.${kind === 'using' ? 'use' : 'useAsync'}(${stackName(emit)}, ${value})`
}

function endOfKeyword(emit: Emit, { start }: VariableDeclaration): number {
  const keyword = /(?:await(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)+)?using/y
  keyword.lastIndex = start
  keyword.test(emit.source)
  return keyword.lastIndex
}

/** A loop whose head declares resources; its labels go with it. */
export function printForUsing(emit: Emit, node: ForStatement | ForOfStatement, context: Context, labels: readonly Piece[]): Piece {
  if (node.type === 'ForStatement') {
    // Declared once, before the loop: the clean-up is around all of it.
    const loop = text` ${labels}${printParts(emit, node.start, node.end, children(node), context)} `
    return text`{${wrap(emit, [node.init as VariableDeclaration], loop, context)} }`
  }
  const { left, right, body } = node
  const declaration = left as VariableDeclaration
  const id = declaration.declarations[0]?.id as Node
  const item = emit.name('x0')
  const use = text` const ${slice(id.start, id.end)} = ${printUse(emit, declaration, item)}; ${print(emit, body, context)} `
  const block = text`{${wrap(emit, [declaration], use, context)} }`
  if (node.await && context.async !== 'no') return printForAwaitOf(emit, node, context, labels, text`const ${item}`, block)
  const head = text`${slice(node.start, left.start)}const ${item}${slice(left.end, right.start)}${print(emit, right, context)}${slice(right.end, body.start)}`
  return text`${labels}${head}${block}`
}
