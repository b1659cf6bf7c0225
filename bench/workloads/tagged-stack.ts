// W2: a lock-free stack of eight nodes. The head packs the index of a node and a tag that rises with every change, without which a
// compare-and-swap could not tell an old head from a new one. Source: Treiber, "Systems programming: coping with parallelism", 1986.

export const PEERS = 3
const ROUNDS = 2
const NODES = 8
const NONE = -1

// Words of the memory: the head (tag in the high half, node in the low one), then for each node the one below it.
const HEAD = 0
const FIRST_NODE = 1
export const STACK_BYTES = 4 * (FIRST_NODE + NODES)

export class TaggedStack {
  readonly words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory)
    for (let node = 0; node < NODES; node++) this.words[FIRST_NODE + node] = node + 1 < NODES ? node + 1 : NONE
  }

  /** Takes the node on top; NONE where there is none. */
  pop(): number {
    for (;;) {
      const head = Atomics.load(this.words, HEAD)
      const node = nodeOf(head)
      if (node === NONE) return NONE
      const below = Atomics.load(this.words, FIRST_NODE + node)
      if (Atomics.compareExchange(this.words, HEAD, head, nextHead(head, below)) === head) return node
    }
  }

  push(node: number): void {
    for (;;) {
      const head = Atomics.load(this.words, HEAD)
      Atomics.store(this.words, FIRST_NODE + node, nodeOf(head))
      if (Atomics.compareExchange(this.words, HEAD, head, nextHead(head, node)) === head) return
    }
  }
}

function nodeOf(head: number): number {
  return (head << 16) >> 16
}

/** The head that follows `head`: `node` on top, and the next tag. */
function nextHead(head: number, node: number): number {
  return (((head >>> 16) + 1) << 16) | (node & 0xffff)
}

/** Takes a node and puts it back, twice. */
export function popPushTwice(stack: TaggedStack): void {
  for (let round = 0; round < ROUNDS; round++) {
    const node = stack.pop()
    if (node !== NONE) stack.push(node)
  }
}

/** What is wrong at the end, if something is: every node must be on the stack, once. */
export function lostNodes({ words }: { readonly words: Int32Array }): string | undefined {
  let found = 0
  let count = 0
  for (let node = nodeOf(words[HEAD] as number); node !== NONE && count <= NODES; node = words[FIRST_NODE + node] as number) {
    found |= 1 << node
    count++
  }
  return found === (1 << NODES) - 1 && count === NODES ? undefined : `expected ${NODES} nodes, each once, got ${count} in the set ${found.toString(2)}`
}
