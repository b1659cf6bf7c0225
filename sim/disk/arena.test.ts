import test from 'ava'
import { Arena } from './arena.js'

test('arena: zeros are zeros, also where something stood before', (t) => {
  const arena = new Arena()
  arena.copyOf(new Uint8Array(1000).fill(1))
  arena.reset()
  t.deepEqual(new Uint8Array(arena.zeros(1000)), new Uint8Array(1000))
})

test('arena: pieces do not overlap, and what finds no room has an array of its own', (t) => {
  const arena = new Arena()
  const pieces = Array.from({ length: 10 }, (_, n) => arena.copyOf(new Uint8Array(60_000).fill(n)))
  for (const [n, piece] of pieces.entries()) t.true(piece.every((byte) => byte === n))
  t.true(pieces[0]?.buffer === pieces[1]?.buffer)
  t.false(pieces[0]?.buffer === pieces[9]?.buffer)
})
