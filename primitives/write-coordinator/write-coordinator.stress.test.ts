// A store on real files, with threads that add to counters, whose process is killed again and again. A probabilistic test: it can miss a defect, but
// what it reports is one. About five seconds on a disk that syncs in a few ms.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'ava'
import { CAPSULE_HEADER_BYTES } from './capsule-record.js'
import { FILE_HEADER_BYTES } from './file-header.js'
import { decodeMarker, MARKER_BYTES } from './marker-record.js'
import { decodeProof } from './proof-record.js'
import { CAPSULES, type CommitMarker, type CommitProof, MARKERS, NodeFileStorage, PROOFS, WriteCoordinator } from './public.js'
import { PAGES, PROGRAM } from './write-coordinator.stress.test.worker.js'

const ROUNDS = 5
const KILL_AFTER_MS_MAX = 400

interface Run {
  readonly acknowledged: Map<number, number>
  readonly refused: number
}

async function runAndKill(directory: string, counters: readonly number[], killAfterMs: number): Promise<Run> {
  const acknowledged = new Map<number, number>()
  let refused = 0
  const child = spawn(process.execPath, [PROGRAM, directory, ...counters.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  for await (const line of createInterface(child.stdout)) {
    if (acknowledged.size === 0 && refused === 0) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    const [txnId, commitSeq] = line.split(' ').map(Number) as [number, number]
    if (line === 'refused') refused += 1
    else acknowledged.set(txnId, commitSeq)
  }
  const signal = await exited
  if (signal !== 'SIGKILL') throw new Error(`expected the process to run until it is killed, got ${signal}`)
  return { acknowledged, refused }
}

/** What is committed, in order. */
function* commits(storage: NodeFileStorage): Generator<{ readonly proof: CommitProof; readonly text: string }> {
  for (let at = FILE_HEADER_BYTES; at < storage.size(MARKERS); at += MARKER_BYTES) {
    const marker = decodeMarker(storage.read(MARKERS, at, MARKER_BYTES)) as CommitMarker
    const proof = decodeProof(storage.read(PROOFS, marker.proofOffset, marker.proofLength)) as CommitProof
    yield { proof, text: new TextDecoder().decode(storage.read(CAPSULES, proof.capsule.offset + CAPSULE_HEADER_BYTES, proof.capsule.length)) }
  }
}

test.serial('write coordinator threads: a process is killed again and again, and no acknowledged addition is lost, none is made twice', async (t) => {
  t.timeout(120_000)
  const directory = mkdtempSync(join(tmpdir(), 'heddle-stress-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  let counters: number[] = Array(PAGES).fill(0)
  const all = new Map<number, number>()
  let refused = 0
  for (let round = 0; round < ROUNDS; round++) {
    const run = await runAndKill(directory, counters, (KILL_AFTER_MS_MAX * (round + 1)) / ROUNDS)
    refused += run.refused
    for (const [txnId, commitSeq] of run.acknowledged) all.set(txnId, commitSeq)
    const storage = new NodeFileStorage(directory)
    const coordinator = WriteCoordinator.recover('grouped', 4, storage)
    for (const [txnId, commitSeq] of all)
      if (coordinator.outcomeOf(txnId) !== commitSeq) t.fail(`transaction ${txnId} is not number ${commitSeq} in round ${round}`)
    // Each addition saw the one before it.
    counters = Array(PAGES).fill(0)
    for (const { proof, text } of commits(storage)) {
      const [page, value] = text.split(' ').map(Number) as [number, number]
      if (value !== (counters[page] as number) + 1) t.fail(`commit ${proof.commitSeq} makes ${value} of ${counters[page]}`)
      counters[page] = value
    }
    t.is(
      counters.reduce((sum, value) => sum + value, 0),
      coordinator.durableSeq,
    )
    t.true(coordinator.durableSeq >= all.size)
    storage.close()
  }
  t.log(`${ROUNDS} kills, ${all.size} acknowledged, ${refused} refused`)
  t.true(all.size > ROUNDS)
  t.true(refused > 0)
})
