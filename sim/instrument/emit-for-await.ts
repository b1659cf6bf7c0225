// `for await` in the twins of async functions and async generators, written out as a loop that asks for one item after another, and the yields of
// async generators. What they do stands in async-iteration.ts; they delegate to it, so that its awaits are the twin's own:
//
//     for await (const line of lines) …    { const $d1 = yield* $h.iterateAsync(lines, "lines");
//                                            try { while (yield* $h.nextItem($d1)) { const line = $d1.value; … } }
//                                            catch ($e) { $h.iterationError($d1, $e); } finally { yield* $h.endIteration($d1); } }

import type { ForOfStatement, ReturnStatement, YieldExpression } from 'acorn'
import { type Context, type Emit, print, printArgument } from './emit.js'
import { calleeText } from './emit-callee-text.js'
import { type Piece, slice, text, textAt } from './emit-text.js'
import { boundNames, type Node, some } from './scope-tree.js'

/** Whether the node is a `for await` in a twin; originals keep theirs. */
export function isSteppedForAwait(node: Node, context: Context): node is ForOfStatement {
  return node.type === 'ForOfStatement' && node.await && context.async !== 'no'
}

/** A `for await` of which `labels` are the labels. */
export function printForAwait(emit: Emit, node: ForOfStatement, context: Context, labels: readonly Piece[]): Piece {
  const { left, body } = node
  const target = left.type === 'VariableDeclaration' ? (left.declarations[0]?.id as Node) : left
  const printed = print(emit, target, context)
  const declared = left.type === 'VariableDeclaration' ? text`${slice(left.start, target.start)}${printed}` : text`(${printed}`
  return printForAwaitOf(emit, node, context, labels, declared, print(emit, body, context))
}

/** The same with the item bound by `head`, which opens a parenthesis where it is an expression, and another body. */
export function printForAwaitOf(emit: Emit, node: ForOfStatement, context: Context, labels: readonly Piece[], head: Piece, body: Piece): Piece {
  // One name serves all loops: an inner one hides the outer one only where that is not needed.
  const loop = emit.name('d1')
  const h = emit.name('h')
  const e = emit.name('e')
  const at = textAt(node.right.start)
  const end = node.left.type === 'VariableDeclaration' ? ';' : ');'
  const item = text`${head} = ${loop}.value${end} ${body}`
  const turns = text`${labels}while (${at`yield* ${h}.nextItem(${loop})`}) { ${item} }`
  const clean = `catch (${e}) { ${h}.iterationError(${loop}, ${e}); } finally { yield* ${h}.endIteration(${loop}); }`
  return text`{${printIterated(emit, node, context, loop)} try { ${turns} } ${clean} }`
}

/** `const $d1 = …`: begins the iteration. What the head declares hides what is outside, but cannot be read yet. */
function printIterated(emit: Emit, { left, right }: ForOfStatement, context: Context, loop: string): Piece {
  const at = textAt(right.start)
  const begun = at`yield* ${emit.name('h')}.iterateAsync(${printArgument(emit, right, context)}, ${JSON.stringify(calleeText(right))})`
  const names = left.type === 'VariableDeclaration' && left.kind !== 'var' ? left.declarations.flatMap(({ id }) => boundNames(id)) : []
  const hidden = names.filter((name) => some(right, (inner) => inner.type === 'Identifier' && inner.name === name))
  if (hidden.length === 0) return text` const ${loop} = ${begun};`
  return text` let ${loop}; do { ${loop} = ${begun}; break; let ${hidden.join(', ')}; } while (false);`
}

/** `yield x` of an async generator. */
export function printYield(emit: Emit, { argument, delegate }: YieldExpression, context: Context): Piece {
  const value = argument ? printArgument(emit, argument, context) : 'void 0'
  return text`(yield* ${emit.name('h')}.${delegate ? 'yieldAll' : 'yieldItem'}(${value}))`
}

/** `return x` of an async generator awaits x. */
export function printReturn(emit: Emit, node: ReturnStatement, context: Context): Piece {
  const { argument } = node
  if (!argument) return slice(node.start, node.end)
  const value = text`(yield ${emit.name('h')}.awaiting(${printArgument(emit, argument, context)}))`
  return text`${slice(node.start, argument.start)}${value}${slice(argument.end, node.end)}`
}
