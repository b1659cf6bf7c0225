// The process that write-coordinator.stress.test.ts kills, and its threads. Each thread adds 1 to a counter on some page, over and over; the main
// thread commits in groups and keeps the counters in shared memory, where threads read them without locks.
//
// A counter is stored after its commit is durable and before it is published: who begins at a number finds everything up to it. It may find
// something newer, and conflicts with that.

import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker, workerData } from 'node:worker_threads'
import { CapsuleLog, CommitBoard, type CommitResult, NodeFileStorage, WriteCoordinator } from './public.js'

export const PROGRAM = fileURLToPath(import.meta.url)
export const PAGES = 6
const THREADS = 4
const STDOUT = 1

// Words of a thread's desk: what it asks for, and what it is answered.
const STATE_WORD = 0
const TXN_WORD = 1
const BEGIN_WORD = 2
const PAGE_WORD = 3
const VALUE_WORD = 4
const ANSWER_WORD = 5
const DESK_WORDS = 8
const FREE = 0
const ASKED = 1
const TAKEN = 2
const ANSWERED = 3
const REFUSED = -1
/** In front of the desks: rises with each request. */
const REQUESTS_WORD = 0
const FIRST_DESK_WORD = 8

interface Input {
  readonly thread: number
  readonly firstTxnId: number
  readonly desks: SharedArrayBuffer
  readonly counters: SharedArrayBuffer
  readonly board: SharedArrayBuffer
}

function adder({ thread, firstTxnId, desks, counters, board }: Input): void {
  const words = new Int32Array(desks)
  const values = new Int32Array(counters)
  const commits = CommitBoard.attach(board, 0)
  const desk = FIRST_DESK_WORD + thread * DESK_WORDS
  let random = firstTxnId * 7919 + 1
  for (let txnId = firstTxnId; ; txnId += THREADS) {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0
    const page = (random >>> 8) % PAGES
    const beginSeq = commits.publishedSeq()
    const value = Atomics.load(values, page) + 1
    Atomics.store(words, desk + TXN_WORD, txnId)
    Atomics.store(words, desk + BEGIN_WORD, beginSeq)
    Atomics.store(words, desk + PAGE_WORD, page)
    Atomics.store(words, desk + VALUE_WORD, value)
    Atomics.store(words, desk + STATE_WORD, ASKED)
    Atomics.add(words, REQUESTS_WORD, 1)
    Atomics.notify(words, REQUESTS_WORD)
    for (let state = ASKED; state !== ANSWERED; state = Atomics.load(words, desk + STATE_WORD)) Atomics.wait(words, desk + STATE_WORD, state)
    const commitSeq = Atomics.load(words, desk + ANSWER_WORD)
    Atomics.store(words, desk + STATE_WORD, FREE)
    if (commitSeq !== REFUSED && commits.publishedSeq() < commitSeq) throw new Error(`commit ${commitSeq} was answered before it was published`)
    writeSync(STDOUT, commitSeq === REFUSED ? 'refused\n' : `${txnId} ${commitSeq}\n`)
  }
}

function committer(directory: string, values: Int32Array): void {
  const board = new SharedArrayBuffer(CommitBoard.byteLength())
  const storage = new NodeFileStorage(directory)
  const coordinator = WriteCoordinator.recover('grouped', THREADS - 1, storage, { board: CommitBoard.init(board, 0) })
  const capsules = new CapsuleLog(storage)
  const desks = new SharedArrayBuffer((FIRST_DESK_WORD + THREADS * DESK_WORDS) * 4)
  const words = new Int32Array(desks)
  for (let thread = 0; thread < THREADS; thread++) {
    const input: Input = { thread, firstTxnId: coordinator.publishedSeq * 100 + thread + 1, desks, counters: values.buffer as SharedArrayBuffer, board }
    new Worker(new URL(import.meta.url), { workerData: input })
  }
  const answer = (thread: number, commitSeq: number) => {
    const desk = FIRST_DESK_WORD + thread * DESK_WORDS
    Atomics.store(words, desk + ANSWER_WORD, commitSeq)
    Atomics.store(words, desk + STATE_WORD, ANSWERED)
    Atomics.notify(words, desk + STATE_WORD)
  }
  const pending = new Map<number, { readonly page: number; readonly value: number }>()
  const take = (thread: number) => {
    const desk = FIRST_DESK_WORD + thread * DESK_WORDS
    if (Atomics.load(words, desk + STATE_WORD) !== ASKED) return
    Atomics.store(words, desk + STATE_WORD, TAKEN)
    const [txnId, beginSeq, page, value] = [TXN_WORD, BEGIN_WORD, PAGE_WORD, VALUE_WORD].map((word) => Atomics.load(words, desk + word)) as [
      number,
      number,
      number,
      number,
    ]
    const capsule = capsules.append(new TextEncoder().encode(`${page} ${value}`))
    const outcome = coordinator.submit(
      { submitterId: thread, txnId, beginSeq, writePages: [page], readPages: [page], inEdges: [], outEdges: [], capsule },
      BigInt(Date.now()) * 1_000_000n,
    )
    if (outcome.ok) pending.set(outcome.commitSeq, { page, value })
    else answer(thread, REFUSED)
  }
  for (;;) {
    const requests = Atomics.load(words, REQUESTS_WORD)
    for (let thread = 0; thread < THREADS; thread++) take(thread)
    coordinator.fsync1()
    for (const { commitSeq } of coordinator.appendMarkersAndFsync2()) {
      const { page, value } = pending.get(commitSeq) as { page: number; value: number }
      pending.delete(commitSeq)
      Atomics.store(values, page, value)
    }
    const results: readonly CommitResult[] = coordinator.drainCommitted()
    for (const result of results) answer(result.submitterId, result.kind === 'committed' ? result.commitSeq : REFUSED)
    if (coordinator.pendingCount === 0) Atomics.wait(words, REQUESTS_WORD, requests)
  }
}

const [, program, directory, ...counters] = process.argv
// The test imports this file too, from a worker of the test runner's.
if (workerData?.desks instanceof SharedArrayBuffer) adder(workerData as Input)
else if (program === PROGRAM && directory !== undefined) {
  const values = new Int32Array(new SharedArrayBuffer(PAGES * 4))
  for (const [page, value] of counters.entries()) values[page] = Number(value)
  committer(directory, values)
}
