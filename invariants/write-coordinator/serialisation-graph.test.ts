import test from 'ava'
import fc from 'fast-check'
import { type CommittedTransaction, type Edge, serialisationEdges, shortestCycle } from './serialisation-graph.js'
import { submissionOf } from './write-coordinator.test.kit.js'

const PAGES = 3
const TRANSACTIONS_MAX = 5

const pages = fc.subarray(Array.from({ length: PAGES }, (_, page) => page))
const transaction = fc.record({
  readPages: pages,
  writePages: pages,
  begin: fc.nat({ max: 99 }),
  outEdge: fc.option(fc.nat({ max: TRANSACTIONS_MAX }), { freq: 6 }),
})

/** Transactions as a coordinator without any check would let them commit: a writer begins anywhere before its number, a reader anywhere. */
const histories = fc.array(transaction, { minLength: 1, maxLength: TRANSACTIONS_MAX }).map((drafts) => {
  const writerCount = drafts.filter(({ writePages }) => writePages.length > 0).length
  let tip = 0
  return drafts.map(({ readPages, writePages, begin, outEdge }, at): CommittedTransaction => {
    const commitSeq = writePages.length > 0 ? ++tip : undefined
    const beginSeq = begin % (commitSeq ?? writerCount + 1)
    const outEdges = outEdge === null || outEdge === at + 1 ? [] : [outEdge]
    return { commitSeq, submission: submissionOf(at + 1, { beginSeq, readPages, writePages, outEdges }) }
  })
})

test('serialisation graph: a cycle is there if and only if no serial order reads and writes the same', (t) => {
  const seen = { serialisable: 0, not: 0 }
  fc.assert(
    fc.property(histories, (transactions) => {
      const edges = serialisationEdges(transactions)
      const cycle = shortestCycle(edges)
      const isSerialisable = orders(transactions).some((order) => doesTheSame(order, transactions))
      seen[isSerialisable ? 'serialisable' : 'not'] += 1
      t.is(cycle === undefined, isSerialisable)
      if (cycle === undefined) return
      t.is(cycle.length, shortestByForce(edges))
      for (const [at, edge] of cycle.entries()) t.is(edge.to, (cycle[(at + 1) % cycle.length] as Edge).from)
    }),
    { numRuns: 2000, seed: 1 },
  )
  t.true(seen.serialisable > 200)
  t.true(seen.not > 200)
})

test('serialisation graph: each edge once, none to oneself', (t) => {
  const transactions = [
    { commitSeq: 1, submission: submissionOf(1, { writePages: [0, 1] }) },
    { commitSeq: 2, submission: submissionOf(2, { beginSeq: 1, readPages: [0, 1], writePages: [1] }) },
    { commitSeq: undefined, submission: submissionOf(3, { beginSeq: 1, readPages: [1], writePages: [] }) },
  ]
  t.deepEqual(serialisationEdges(transactions), [
    { from: 1, to: 2, kind: 'ww', page: 1 },
    { from: 1, to: 2, kind: 'wr', page: 0 },
    { from: 1, to: 2, kind: 'wr', page: 1 },
    { from: 1, to: 3, kind: 'wr', page: 1 },
    { from: 3, to: 2, kind: 'rw', page: 1 },
  ])
})

/** Whether transactions that run one after the other in this order read what they read, and leave each page's versions in the order of numbers. */
function doesTheSame(order: readonly CommittedTransaction[], all: readonly CommittedTransaction[]): boolean {
  const newest = new Map<number, number>()
  const done = new Set<number>()
  for (const { commitSeq, submission } of order) {
    for (const page of submission.readPages) if ((newest.get(page) ?? 0) !== versionSeen(all, page, submission.beginSeq)) return false
    for (const page of 'writePages' in submission ? submission.writePages : []) {
      if ((newest.get(page) ?? 0) > (commitSeq as number)) return false
      newest.set(page, commitSeq as number)
    }
    if (submission.outEdges.some((to) => done.has(to))) return false
    done.add(submission.txnId)
  }
  return true
}

function versionSeen(all: readonly CommittedTransaction[], page: number, beginSeq: number): number {
  const numbers = all.map(({ commitSeq, submission }) => ('writePages' in submission && submission.writePages.includes(page) ? (commitSeq ?? 0) : 0))
  return Math.max(0, ...numbers.filter((commitSeq) => commitSeq <= beginSeq))
}

function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]))
}

/** Length of the shortest cycle, by trying all ways. */
function shortestByForce(edges: readonly Edge[]): number {
  let shortest = Number.POSITIVE_INFINITY
  const walk = (start: number, at: number, length: number): void => {
    if (length >= shortest || length > TRANSACTIONS_MAX) return
    for (const { from, to } of edges) {
      if (from !== at) continue
      if (to === start) shortest = Math.min(shortest, length + 1)
      else walk(start, to, length + 1)
    }
  }
  for (const { from } of edges) walk(from, from, 0)
  return shortest
}
