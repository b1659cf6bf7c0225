// Validation: the rules one by one, then against brute force. Sections 4 and 6 (WC-4, WC-5) of the specification.

import test from 'ava'
import fc from 'fast-check'
import type { CommitSubmission } from './public.js'
import { MemoryStorage, recovered, setUp } from './write-coordinator.test.kit.js'

test('conflicts: of two that write a page, the first committer wins', (t) => {
  const { coordinator, submission } = setUp()
  const two = submission(2, { writePages: [1, 5, 7, 9] })
  t.true(coordinator.submit(submission(1, { writePages: [5, 9] }), 0n).ok)
  // A pending one counts.
  t.deepEqual(coordinator.validate(two), { kind: 'conflict-fcw', submitterId: 2, txnId: 2, conflictingPages: [5, 9] })
  coordinator.flushBatch()
  t.like(coordinator.submit(two, 0n), { ok: false })
  t.true(coordinator.submit({ ...two, beginSeq: 1 }, 0n).ok)
})

test('conflicts: write skew of two', (t) => {
  const { coordinator, submission } = setUp()
  const one = submission(1, { readPages: [1, 2], writePages: [1] })
  const two = submission(2, { readPages: [1, 2], writePages: [2] })
  t.true(coordinator.submit(one, 0n).ok)
  t.deepEqual(coordinator.validate(two), { kind: 'conflict-ssi', submitterId: 2, txnId: 2, pivot: 'self', pages: [1, 2] })
})

test('conflicts: one edge alone is harmless', (t) => {
  const { coordinator, submission } = setUp()
  const reader = submission(2, { readPages: [1], writePages: [2] })
  const blind = submission(3, { writePages: [3] })
  const overwriter = submission(4, { writePages: [8] })
  t.true(coordinator.submit(submission(1, { readPages: [8] }), 0n).ok)
  t.true(coordinator.submit(reader, 0n).ok)
  t.true(coordinator.submit(blind, 0n).ok)
  t.true(coordinator.submit(overwriter, 0n).ok)
})

test('conflicts: T -> P -> U where P is committed, through pages and through declared edges', (t) => {
  const { coordinator, submission } = setUp()
  const pivot = submission(2, { readPages: [1], writePages: [2] })
  const late = submission(3, { readPages: [2], writePages: [3] })
  const declared = submission(4, { outEdges: [2] })
  const other = submission(5, { outEdges: [1] })
  t.true(coordinator.submit(submission(1), 0n).ok)
  t.true(coordinator.submit(pivot, 0n).ok)
  t.deepEqual(coordinator.validate(late), { kind: 'conflict-ssi', submitterId: 3, txnId: 3, pivot: 'committed', pages: [2] })
  t.deepEqual(coordinator.validate(declared), { kind: 'conflict-ssi', submitterId: 4, txnId: 4, pivot: 'committed', pages: [] })
  t.is(coordinator.validate(other), undefined)
  t.deepEqual(coordinator.submitReadOnly({ ...late, txnId: 6 }), { kind: 'conflict-ssi', submitterId: 3, txnId: 6, pivot: 'committed', pages: [2] })
})

test('conflicts: declared edges count like pages', (t) => {
  const { coordinator, submission } = setUp()
  t.deepEqual(coordinator.validate(submission(1, { inEdges: [8], outEdges: [9] })), {
    kind: 'conflict-ssi',
    submitterId: 1,
    txnId: 1,
    pivot: 'self',
    pages: [],
  })
  t.is(coordinator.validate(submission(1, { inEdges: [8] })), undefined)
  const overwritten = submission(2, { readPages: [1], inEdges: [8] })
  t.true(coordinator.submit(submission(1), 0n).ok)
  t.like(coordinator.validate(overwritten), { kind: 'conflict-ssi', pivot: 'self', pages: [1] })
})

test('conflicts: a declared edge to a transaction that is forgotten is refused, if one of its time is', (t) => {
  const { coordinator, submission } = setUp(8, new MemoryStorage(), 0, { retainedOutcomes: 1 })
  const old = submission(8, { outEdges: [77] })
  t.is(coordinator.validate(old), undefined)
  coordinator.submitAndCommit(submission(1), 0n)
  t.is(coordinator.validate(old), undefined)
  coordinator.submitAndCommit(submission(2), 0n)
  t.deepEqual(coordinator.validate(old), { kind: 'conflict-ssi', submitterId: 8, txnId: 8, pivot: 'committed', pages: [] })
  t.is(coordinator.validate({ ...old, outEdges: [2] }), undefined)
  t.is(coordinator.validate({ ...old, beginSeq: 1 }), undefined)
})

test('conflicts: a read-only transaction is heard of by later writers', (t) => {
  // The read-only anomaly: the reader sees commit 1 and not the pivot, which missed commit 1.
  const { coordinator, submission } = setUp()
  const pivot = submission(2, { readPages: [1, 2], writePages: [2] })
  coordinator.submitAndCommit(submission(1, { readPages: [1], writePages: [1] }), 0n)
  t.is(coordinator.validate(pivot), undefined)
  t.is(coordinator.submitReadOnly({ submitterId: 0, txnId: 3, beginSeq: 1, readPages: [1, 2], outEdges: [] }), undefined)
  t.like(coordinator.validate(pivot), { kind: 'conflict-ssi', pivot: 'self' })
  t.is(coordinator.inspect().allocatedSeq, 1)
})

interface Begun {
  readonly txnId: number
  readonly beginSeq: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

interface Finished extends Begun {
  /** Undefined for a read-only one. */
  readonly commitSeq: number | undefined
}

/**
 * Whether the transactions can be put in an order that gives each what it read: no cycle of edges. For each page: from each writer to the next; from
 * the writer of what was read to the reader; from the reader to the next writer.
 */
function isSerialisable(done: readonly Finished[]): boolean {
  const next = new Map<Finished, Set<Finished>>(done.map((one) => [one, new Set()]))
  const link = (from: Finished | undefined, to: Finished | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) next.get(from)?.add(to)
  }
  const seqOf = (one: Finished) => one.commitSeq ?? 0
  for (const page of new Set(done.flatMap((one) => [...one.reads, ...one.writes]))) {
    const writers = done.filter((one) => one.writes.includes(page)).sort((a, b) => seqOf(a) - seqOf(b))
    for (let at = 1; at < writers.length; at++) link(writers[at - 1], writers[at])
    for (const reader of done.filter((one) => one.reads.includes(page))) {
      link(
        writers.findLast((writer) => seqOf(writer) <= reader.beginSeq),
        reader,
      )
      link(
        reader,
        writers.find((writer) => seqOf(writer) > reader.beginSeq && writer !== reader),
      )
    }
  }
  const left = new Set(done)
  for (;;) {
    const free = [...left].find((one) => ![...left].some((other) => next.get(other)?.has(one)))
    if (free === undefined) return left.size === 0
    left.delete(free)
  }
}

/** What happens next: a transaction begins, one of those that have begun is submitted, or all that is pending is flushed. */
const events = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('begin' as const), reads: fc.subarray([1, 2, 3, 4]), writes: fc.subarray([1, 2, 3, 4], { maxLength: 2 }) }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('submit' as const), which: fc.nat(20) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { minLength: 4, maxLength: 40, size: 'max' },
)

test('conflicts: whatever commits is serialisable, read-only ones and restarts included', (t) => {
  let refused = 0
  let committed = 0
  fc.assert(
    fc.property(events, (history) => {
      let bench = setUp(64)
      const begun: Begun[] = []
      const done: Finished[] = []
      let txnId = 0
      for (const event of history) {
        if (event.kind === 'begin') begun.push({ txnId: ++txnId, beginSeq: bench.coordinator.publishedSeq, reads: event.reads, writes: event.writes })
        if (event.kind === 'flush') bench.coordinator.flushBatch()
        if (event.kind === 'restart') {
          bench.coordinator.flushBatch()
          bench = recovered(bench.storage.killed(), 64)
        }
        if (event.kind !== 'submit' || begun.length === 0) continue
        const [one] = begun.splice(event.which % begun.length, 1) as [Begun]
        const common: Partial<CommitSubmission> = { beginSeq: one.beginSeq, readPages: one.reads, writePages: one.writes }
        if (one.writes.length === 0) {
          const refusal = bench.coordinator.submitReadOnly({ submitterId: 0, txnId: one.txnId, beginSeq: one.beginSeq, readPages: one.reads, outEdges: [] })
          if (refusal === undefined) done.push({ ...one, commitSeq: undefined })
        } else {
          const outcome = bench.coordinator.submit(bench.submission(one.txnId, common), 0n)
          if (outcome.ok) done.push({ ...one, commitSeq: outcome.commitSeq })
          else refused += 1
        }
      }
      committed += done.length
      // First committer wins: a later writer of a page had seen the earlier one.
      for (const early of done)
        for (const late of done)
          if (
            early.writes.some((page) => late.writes.includes(page)) &&
            (early.commitSeq ?? 0) < (late.commitSeq ?? 0) &&
            late.beginSeq < (early.commitSeq ?? 0)
          )
            return false
      return isSerialisable(done)
    }),
    { numRuns: 2000 },
  )
  t.log(`${committed} committed, ${refused} refused`)
  t.true(refused > 1000)
  t.true(committed > 1000)
})

test('conflicts: the brute force sees cycles', (t) => {
  const skew: Finished[] = [
    { txnId: 1, beginSeq: 0, reads: [1, 2], writes: [1], commitSeq: 1 },
    { txnId: 2, beginSeq: 0, reads: [1, 2], writes: [2], commitSeq: 2 },
  ]
  t.false(isSerialisable(skew))
  t.true(isSerialisable(skew.slice(0, 1)))
})
