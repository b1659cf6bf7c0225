// Two threads and a pool: a worker writes messages into slots and passes references; the host reads and frees them. Then the
// worker dies with slots in its hands, and the host takes them back.
//
// Run: `node dist/primitives/examples/varslot-pool.example.js`

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type SlotRef, VarSlotPool } from '../varslot-pool/public.js'

const CONFIGS = [
  { slotSize: 64, slotCount: 4 },
  { slotSize: 1024, slotCount: 2 },
]
const HOST = 0
const SENDER = 1

function host(): void {
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(CONFIGS))
  const pool = VarSlotPool.init(buffer, 0, CONFIGS)
  pool.joinPeer(HOST)
  const kept: SlotRef[] = []
  const worker = new Worker(new URL(import.meta.url), { workerData: buffer })
  worker.on('message', (ref: SlotRef) => {
    // The host becomes the owner, so that the sender's death does not take the message away.
    pool.adopt(ref, HOST)
    const text = read(pool, ref)
    console.log(`slot ${ref.slotIdx} of class ${ref.classIdx}, generation ${ref.generation}: ${text}`)
    if (text.startsWith('keep')) kept.push(ref)
    else pool.free(ref, HOST)
    worker.postMessage('next')
  })
  // The exit event is what makes the death certain.
  worker.on('exit', () => bury(pool, kept))
}

/** Takes back what the dead sender had; `kept` is the host's own by now. */
function bury(pool: VarSlotPool, kept: readonly SlotRef[]): void {
  pool.declarePeerDead(SENDER, HOST)
  const { complete, freedSlots } = pool.reclaimPeerSlots(SENDER, HOST)
  console.log(`the sender died: ${complete ? 'all of' : 'a part of'} its slots came back, ${freedSlots} in number`)
  for (const ref of kept) {
    console.log(`still there: ${read(pool, ref)}`)
    pool.free(ref, HOST)
  }
  const free = pool.inspect().classes.map((sizeClass) => `${sizeClass.freeList.length} of ${sizeClass.slotCount}`)
  console.log(`free slots: ${free.join(', ')}`)
}

/** Sends a text each time it is asked for the next one; dies when there is none left. */
function sender(buffer: SharedArrayBuffer): void {
  const pool = VarSlotPool.attach(buffer, 0, CONFIGS)
  pool.joinPeer(SENDER)
  const texts = ['one', 'two', 'x'.repeat(100), 'keep this']
  const next = (): void => {
    const text = texts.shift()
    if (text === undefined) die(pool)
    else parentPort?.postMessage(write(pool, text))
  }
  parentPort?.on('message', next)
  next()
}

/** Ends the worker with two slots in its hands, never sent and never freed. */
function die(pool: VarSlotPool): never {
  pool.allocate(10, SENDER)
  pool.allocate(1000, SENDER)
  process.exit()
}

/** Puts the text and a zero byte into a slot that is large enough. */
function write(pool: VarSlotPool, text: string): SlotRef {
  const bytes = new TextEncoder().encode(`${text}\0`)
  const ref = pool.allocate(bytes.byteLength, SENDER)
  if (ref === undefined) throw new Error('expected a free slot')
  pool.slotDataMut(ref).set(bytes)
  return ref
}

/** The text in a slot, up to the zero byte. A TextDecoder does not take shared memory, so the bytes are copied. */
function read(pool: VarSlotPool, ref: SlotRef): string {
  const bytes = pool.slotData(ref)
  const text = new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)))
  return text.length > 20 ? `${text.slice(0, 20)}… (${text.length} characters)` : text
}

if (workerData instanceof SharedArrayBuffer) sender(workerData)
else host()
