import test from 'ava'
import fc from 'fast-check'
import { CommitIndex } from './commit-index.js'
import { Outcomes } from './outcomes.js'

test('commit index: it says what a map of lists says', (t) => {
  const page = fc.oneof(fc.nat(30), fc.integer({ min: 2 ** 32 - 30, max: 2 ** 32 - 1 }), fc.nat(2 ** 32 - 1))
  const commits = fc.array(fc.record({ writes: fc.array(page, { maxLength: 6 }), reads: fc.array(page, { maxLength: 6 }), out: fc.boolean() }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(commits, (history) => {
      const index = new CommitIndex()
      const [written, read, pivot] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()]
      history.forEach(({ writes, reads, out }, at) => {
        const seq = at + 1
        index.addCommit(seq, writes, reads, out)
        for (const one of writes) written.set(one, seq)
        for (const one of reads) read.set(one, seq)
        if (out) for (const one of writes) pivot.set(one, seq)
      })
      const pages = new Set([...written.keys(), ...read.keys(), 12345])
      t.is(index.pageCount, new Set([...written.keys(), ...read.keys()]).size)
      return [...pages].every(
        (one) => index.written(one) === (written.get(one) ?? 0) && index.read(one) === (read.get(one) ?? 0) && index.pivot(one) === (pivot.get(one) ?? 0),
      )
    }),
  )
})

test('commit index: a read never goes back, and none is older than the floor', (t) => {
  const index = new CommitIndex()
  index.addReads(6, [1])
  index.addCommit(5, [1], [1, 2], false)
  t.deepEqual([index.read(1), index.read(2), index.read(3)], [6, 5, 0])
  index.readFloorSeq = 6
  t.deepEqual([index.read(1), index.read(2), index.read(3)], [6, 6, 6])
})

test('outcomes: the last published and all pending ones are known, whatever the numbers', (t) => {
  fc.assert(
    fc.property(fc.nat(5), fc.oneof(fc.nat(3), fc.constant(2 ** 53 - 300)), fc.array(fc.nat(90), { maxLength: 5 }), (retained, first, rounds) => {
      const outcomes = new Outcomes(retained, first + 1)
      let seq = first
      for (const count of rounds) {
        for (let i = 0; i < Math.min(count, 50); i++) {
          seq += 1
          outcomes.add(seq % 1000 === 0 ? seq : 10_000 + (seq - first), (seq - first) % 3 === 0)
        }
        outcomes.forgetBefore(seq)
        for (let at = first + 1; at <= seq; at++) {
          const id = at % 1000 === 0 ? at : 10_000 + (at - first)
          const expected = at > seq - retained ? at : undefined
          if (outcomes.seqOf(id) !== expected) return false
          if (outcomes.hadOutEdge(id) !== (expected !== undefined && (at - first) % 3 === 0)) return false
        }
        if (outcomes.size !== Math.min(retained, seq - first)) return false
      }
      return true
    }),
  )
  t.pass()
})
