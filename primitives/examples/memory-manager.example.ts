// Two threads and a memory manager: a camera stores frames and passes their tokens; the host adopts, brightens and frees them. Then the
// camera dies, with a frame that it never sent, and in the middle of a change of the settings that both share.
//
// Run: `node dist/primitives/examples/memory-manager.example.js`

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { ConcurrentMemoryManager, type MessageToken, PoisonedError } from '../memory-manager/public.js'

const CAPACITY = 4
const PIXELS = 1024
const FRAMES = 3
const HOST = 0
const CAMERA = 1

interface CameraInput {
  readonly buffer: SharedArrayBuffer
  readonly settings: MessageToken
}

function host(): void {
  const manager = ConcurrentMemoryManager.create(CAPACITY, { payloadBytesMax: PIXELS })
  manager.joinPeer(HOST)
  const settings = manager.storeShared({ header: {}, payload: new Uint8Array([1, 1]) }, HOST)
  const worker = new Worker(new URL(import.meta.url), { workerData: { buffer: manager.buffer(), settings } satisfies CameraInput })
  let last: MessageToken | undefined
  worker.on('message', (token: MessageToken) => {
    // The host becomes the owner, so that the camera's death does not take the frame away.
    manager.adopt(token, HOST)
    brighten(manager, token)
    if (last !== undefined) manager.freeShared(last, HOST)
    last = token
    worker.postMessage('next')
  })
  // The exit event is what makes the death certain.
  worker.on('exit', () => bury(manager, settings, last as MessageToken))
}

function brighten(manager: ConcurrentMemoryManager, token: MessageToken): void {
  const guard = manager.readShared(token, HOST)
  const { sequence } = guard.header
  const before = guard.payload[0]
  guard.release()
  // If the callback threw, the frame would be poisoned, and nobody would show half of it.
  const after = manager.withWrite(token, HOST, ({ payload }) => {
    for (let pixel = 0; pixel < payload.length; pixel++) payload[pixel] = (payload[pixel] as number) + 100
    return payload[0]
  })
  console.log(`frame ${sequence}: brightness ${before}, then ${after}`)
}

/** Takes back what the dead camera had; `last` is the host's own by now. */
function bury(manager: ConcurrentMemoryManager, settings: MessageToken, last: MessageToken): void {
  manager.declarePeerDead(CAMERA, HOST)
  const { freedSlots, poisonedSlots, locksReleased } = manager.recoverPeer(CAMERA, HOST)
  console.log(`the camera died: ${freedSlots} message freed, ${poisonedSlots} poisoned, ${locksReleased} lock released`)
  try {
    manager.readShared(settings, HOST)
  } catch (error) {
    if (!(error instanceof PoisonedError)) throw error
    console.log(`the shared settings are poisoned: ${error.code}`)
  }
  const copy = new Uint8Array(PIXELS)
  manager.copyMessage(last, HOST, copy)
  console.log(`frame ${FRAMES} is still there: brightness ${copy[0]}`)
  for (const token of [settings, last]) manager.freeShared(token, HOST)
  console.log(`free slots: ${manager.available()} of ${manager.capacity()}`)
}

/** Sends a frame each time it is asked for the next one; dies when it has sent all. */
function camera({ buffer, settings }: CameraInput): void {
  const manager = ConcurrentMemoryManager.attach(buffer, 0)
  manager.joinPeer(CAMERA)
  let sequence = 0
  const next = (): void => {
    if (sequence === FRAMES) die(manager, settings)
    sequence += 1
    const payload = new Uint8Array(PIXELS).fill(10 * sequence)
    parentPort?.postMessage(manager.storeShared({ header: { sequence }, payload }, CAMERA))
  }
  parentPort?.on('message', next)
  next()
}

/** Ends the worker with a frame that nobody knows of, and with half of the settings changed. */
function die(manager: ConcurrentMemoryManager, settings: MessageToken): never {
  manager.storeShared({ header: {}, payload: new Uint8Array(PIXELS) }, CAMERA)
  manager.readMutShared(settings, CAMERA).payload[0] = 2
  process.exit()
}

if ((workerData as CameraInput | null)?.settings !== undefined) camera(workerData as CameraInput)
else host()
