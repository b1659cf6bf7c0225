// A store on real files. Three threads submit transactions through a ring in shared memory; the thread that owns the coordinator commits them in
// groups and answers. The process is killed in the middle with SIGKILL, and what it had acknowledged is counted by another one. That one
// recovers the store and finds every acknowledged commit.
//
// Run: `node dist/primitives/examples/write-coordinator.example.js`

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Worker, workerData } from 'node:worker_threads'
import { CapsuleLog, CommitBoard, NodeFileStorage, WriteCoordinator } from '../write-coordinator/public.js'

const THREADS = 3
const ACKNOWLEDGED = 200
const PAGES = 50
const STDOUT = 1

/** A bounded queue (Vyukov's) of requests from many threads to one. Cell `ticket % CELLS` is free at turn 2 * ticket, and filled at 2 * ticket + 1. */
const CELLS = 8
const TURN_WORD = 0
const THREAD_WORD = 1
const TXN_WORD = 2
const BEGIN_WORD = 3
const PAGE_WORD = 4
const CELL_WORDS = 5
/** In front of the cells: the next ticket, a count that rises with each request, and an answer for each thread. */
const TICKET_WORD = 0
const REQUESTS_WORD = 1
const ANSWER_WORD = 2
const FIRST_CELL_WORD = ANSWER_WORD + THREADS
const RING_WORDS = FIRST_CELL_WORD + CELLS * CELL_WORDS
const NO_ANSWER = 0
const REFUSED = -1

interface Shared {
  readonly thread: number
  readonly firstTxnId: number
  readonly ring: SharedArrayBuffer
  readonly board: SharedArrayBuffer
}

function cellAt(ticket: number): number {
  return FIRST_CELL_WORD + (ticket % CELLS) * CELL_WORDS
}

/** A thread that submits one transaction after the other, and says which ones were acknowledged. */
function submitter({ thread, firstTxnId, ring, board }: Shared): void {
  const words = new Int32Array(ring)
  const commits = CommitBoard.attach(board, 0)
  for (let txnId = firstTxnId; ; txnId += THREADS) {
    const beginSeq = commits.publishedSeq()
    const ticket = Atomics.add(words, TICKET_WORD, 1)
    const cell = cellAt(ticket)
    for (let turn = Atomics.load(words, cell + TURN_WORD); turn !== 2 * ticket; turn = Atomics.load(words, cell + TURN_WORD))
      Atomics.wait(words, cell + TURN_WORD, turn)
    Atomics.store(words, cell + THREAD_WORD, thread)
    Atomics.store(words, cell + TXN_WORD, txnId)
    Atomics.store(words, cell + BEGIN_WORD, beginSeq)
    Atomics.store(words, cell + PAGE_WORD, (txnId * 7919) % PAGES)
    Atomics.store(words, cell + TURN_WORD, 2 * ticket + 1)
    Atomics.add(words, REQUESTS_WORD, 1)
    Atomics.notify(words, REQUESTS_WORD)
    Atomics.wait(words, ANSWER_WORD + thread, NO_ANSWER)
    const commitSeq = Atomics.exchange(words, ANSWER_WORD + thread, NO_ANSWER)
    // From here on the world knows of it.
    if (commitSeq !== REFUSED) writeSync(STDOUT, `${txnId} ${commitSeq}\n`)
  }
}

/** The thread that owns coordinator and storage. It never ends by itself. */
function committer(directory: string): void {
  const board = new SharedArrayBuffer(CommitBoard.byteLength())
  const storage = new NodeFileStorage(directory)
  const coordinator = WriteCoordinator.recover('grouped', THREADS, storage, { board: CommitBoard.init(board, 0) })
  const capsules = new CapsuleLog(storage)
  const ring = new SharedArrayBuffer(RING_WORDS * 4)
  const words = new Int32Array(ring)
  for (let ticket = 0; ticket < CELLS; ticket++) words[cellAt(ticket) + TURN_WORD] = 2 * ticket
  for (let thread = 0; thread < THREADS; thread++) {
    const input: Shared = { thread, firstTxnId: coordinator.publishedSeq * 1000 + thread + 1, ring, board }
    new Worker(new URL(import.meta.url), { workerData: input })
  }
  const answer = (thread: number, commitSeq: number) => {
    Atomics.store(words, ANSWER_WORD + thread, commitSeq)
    Atomics.notify(words, ANSWER_WORD + thread)
  }
  for (let ticket = 0; ; ) {
    const requests = Atomics.load(words, REQUESTS_WORD)
    while (Atomics.load(words, cellAt(ticket) + TURN_WORD) === 2 * ticket + 1) {
      const cell = cellAt(ticket)
      const [thread, txnId, beginSeq, page] = [THREAD_WORD, TXN_WORD, BEGIN_WORD, PAGE_WORD].map((word) => Atomics.load(words, cell + word)) as [
        number,
        number,
        number,
        number,
      ]
      Atomics.store(words, cell + TURN_WORD, 2 * (ticket + CELLS))
      Atomics.notify(words, cell + TURN_WORD)
      ticket += 1
      const capsule = capsules.append(new TextEncoder().encode(`page ${page} by ${txnId}`))
      const submission = { submitterId: thread, txnId, beginSeq, writePages: [page], readPages: [page], inEdges: [], outEdges: [], capsule }
      const outcome = coordinator.submit(submission, BigInt(Date.now()) * 1_000_000n)
      if (!outcome.ok) answer(thread, REFUSED)
    }
    // Three syncs for all of them together; what comes in meanwhile waits in the ring.
    for (const result of coordinator.flushBatch()) answer(result.submitterId, result.kind === 'committed' ? result.commitSeq : REFUSED)
    Atomics.wait(words, REQUESTS_WORD, requests)
  }
}

/** Starts the store in a process of its own, kills it, and looks at what is left. */
async function host(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-example-'))
  for (const round of ['first', 'second']) {
    const acknowledged = await runAndKill(directory)
    const storage = new NodeFileStorage(directory)
    const coordinator = WriteCoordinator.recover('grouped', THREADS, storage)
    const isThere = [...acknowledged].every(([txnId, commitSeq]) => coordinator.outcomeOf(txnId) === commitSeq)
    console.log(
      `the ${round} process was killed after at least ${ACKNOWLEDGED} acknowledged commits: ${isThere ? 'all of them are' : 'some of them are not'} there`,
    )
    console.log(`groups shared their syncs: ${coordinator.currentEpoch < coordinator.durableSeq}`)
    storage.close()
  }
  rmSync(directory, { recursive: true })
}

/** The commits that a process acknowledged before it was killed: transaction and number. */
async function runAndKill(directory: string): Promise<Map<number, number>> {
  const acknowledged = new Map<number, number>()
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  for await (const line of createInterface(child.stdout)) {
    const [txnId, commitSeq] = line.split(' ').map(Number) as [number, number]
    acknowledged.set(txnId, commitSeq)
    if (acknowledged.size === ACKNOWLEDGED) child.kill('SIGKILL')
  }
  await exited
  return acknowledged
}

const [, , directory] = process.argv
if (workerData?.ring instanceof SharedArrayBuffer) submitter(workerData as Shared)
else if (directory !== undefined) committer(directory)
else await host()
