// The serialisation graph of transactions over versions of pages (Adya: ww, wr and rw edges), and its shortest cycle.
//
// A transaction reads, of each page, the newest version that a number up to its beginSeq wrote, and writes the version of its own number. An edge that
// pages cannot show was declared by the transactions.

import type { ReadOnlySubmission, Submission } from './coordinator-view.js'

/** A transaction that committed. One that only reads has no number and writes no page. */
export interface CommittedTransaction {
  readonly commitSeq: number | undefined
  readonly submission: Submission | ReadOnlySubmission
}

export interface Edge {
  /** Transactions. */
  readonly from: number
  readonly to: number
  readonly kind: 'ww' | 'wr' | 'rw'
  /** Undefined for an edge that was declared. */
  readonly page: number | undefined
}

interface Version {
  readonly commitSeq: number
  readonly txnId: number
}

/** The edges between transactions: one of each kind and page. No transaction has an edge to itself. */
export function serialisationEdges(transactions: readonly CommittedTransaction[]): Edge[] {
  const versions = versionsByPage(transactions)
  const known = new Set(transactions.map(({ submission }) => submission.txnId))
  const edges: Edge[] = []
  const add = (from: number, to: number, kind: Edge['kind'], page?: number) => {
    if (from !== to && known.has(from) && known.has(to)) edges.push({ from, to, kind, page })
  }
  for (const [page, written] of versions) {
    for (let at = 1; at < written.length; at++) add((written[at - 1] as Version).txnId, (written[at] as Version).txnId, 'ww', page)
  }
  for (const { submission } of transactions) {
    const { txnId, beginSeq } = submission
    for (const page of submission.readPages) {
      const written = versions.get(page) ?? []
      const next = written.findIndex((version) => version.commitSeq > beginSeq)
      const seen = next === -1 ? written.at(-1) : written[next - 1]
      if (seen !== undefined) add(seen.txnId, txnId, 'wr', page)
      if (next !== -1) add(txnId, (written[next] as Version).txnId, 'rw', page)
    }
    for (const from of 'inEdges' in submission ? submission.inEdges : []) add(from, txnId, 'rw')
    for (const to of submission.outEdges) add(txnId, to, 'rw')
  }
  return edges
}

/** The shortest cycle, as the edges on it in order; undefined if there is none. */
export function shortestCycle(edges: readonly Edge[]): readonly Edge[] | undefined {
  const leaving = new Map<number, Edge[]>()
  for (const edge of edges) {
    const others = leaving.get(edge.from)
    if (others === undefined) leaving.set(edge.from, [edge])
    else others.push(edge)
  }
  let shortest: readonly Edge[] | undefined
  for (const start of leaving.keys()) {
    const cycle = cycleThrough(start, leaving)
    if (cycle !== undefined && (shortest === undefined || cycle.length < shortest.length)) shortest = cycle
  }
  return shortest
}

/** The cycle in words: `1 -rw of page 3-> 2 -ww of page 3-> 1`. */
export function cycleText(cycle: readonly Edge[]): string {
  const links = cycle.map(({ kind, page, to }) => ` -${kind}${page === undefined ? ', declared' : ` of page ${page}`}-> ${to}`)
  return `${cycle[0]?.from}${links.join('')}`
}

/** By page, its versions in the order of their numbers. */
function versionsByPage(transactions: readonly CommittedTransaction[]): Map<number, Version[]> {
  const versions = new Map<number, Version[]>()
  for (const { commitSeq, submission } of transactions) {
    if (commitSeq === undefined || !('writePages' in submission)) continue
    for (const page of submission.writePages) {
      const version = { commitSeq, txnId: submission.txnId }
      const others = versions.get(page)
      if (others === undefined) versions.set(page, [version])
      else others.push(version)
    }
  }
  for (const written of versions.values()) written.sort((a, b) => a.commitSeq - b.commitSeq)
  return versions
}

/** The shortest way from `start` back to it, breadth first. */
function cycleThrough(start: number, leaving: ReadonlyMap<number, readonly Edge[]>): Edge[] | undefined {
  /** By transaction: the edge by which it was reached. */
  const reachedBy = new Map<number, Edge>()
  const waiting = [start]
  for (const from of waiting) {
    for (const edge of leaving.get(from) ?? []) {
      if (reachedBy.has(edge.to)) continue
      reachedBy.set(edge.to, edge)
      if (edge.to === start) return wayBack(start, reachedBy)
      waiting.push(edge.to)
    }
  }
  return undefined
}

function wayBack(start: number, reachedBy: ReadonlyMap<number, Edge>): Edge[] {
  const way: Edge[] = []
  for (let at = start; way.length === 0 || at !== start; at = (way[0] as Edge).from) way.unshift(reachedBy.get(at) as Edge)
  return way
}
