import test from 'ava'
import { BarrierWords } from './barrier-words.js'
import { FabricWords } from './fabric-words.js'
import { MutexWords } from './mutex-words.js'
import { OnceWords } from './once-words.js'
import { WatchWords } from './watch-words.js'

const ARENA = 192

/** A fabric with one word for leases and ranges each: its arena begins at 192. */
function fabric(): FabricWords {
  const buffer = new SharedArrayBuffer(1024)
  new Int32Array(buffer).set([0, 1, 512, 2, 0, 0, 0, 0, 1])
  return new FabricWords(buffer, () => 0)
}

/** The names of the words at these offsets of the arena. */
const names = (words: FabricWords, offsets: readonly number[]) => offsets.map((offset) => words.nameOf(ARENA + offset))

test('fabric-words: leases, ranges and the header have names', (t) => {
  const words = fabric()
  t.is(words.arenaOffset, ARENA)
  t.deepEqual(
    [20, 64, 72, 128, 24].map((offset) => words.nameOf(offset)),
    ['closed', 'lease 0', 'lease 1', 'range 0', undefined],
  )
})

test('fabric-words: the primitives name their words, and nobody others', (t) => {
  const words = fabric()
  new MutexWords(words, 0, 8)
  new OnceWords(words, 96, 8)
  new BarrierWords(words, 176, 2)
  new WatchWords(words, 248, 4, 2)
  t.deepEqual(names(words, [0, 4, 8, 12, 16, 32, 36]), ['magic', 'version', 'codec bytes', 'parameter', undefined, 'mutex', undefined])
  t.deepEqual(names(words, [64, 68, 72, 80, 88]), ['cell 0 word 0', undefined, 'cell 0 word 1', 'cell 1 word 0', 'cell 1 word 1'])
  t.deepEqual(names(words, [128, 160, 168]), ['once', 'cell word 0', 'cell word 1'])
  t.deepEqual(names(words, [208, 240, 244]), ['barrier', 'seat 0', 'seat 1'])
  t.deepEqual(names(words, [280, 312, 320, 328]), ['watch', 'cell 0 word 0', 'cell 1 word 0', undefined])
})
