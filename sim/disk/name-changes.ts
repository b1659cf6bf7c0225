// Changes of names that are not synced: `open` that creates, `mkdir`, `rename`, `unlink`, `rmdir`.
//
// POSIX says that fsync of a file need not make its name durable; fsync of the directory does. So each change waits here until
// one of the directories that it touches is synced: for a rename over two, either. A rename that becomes durable takes along
// what put the file to its source, or it would have nothing to rename.
//
// At a power failure each waiting change survives or not, independently, and those that survive happen in their order, renames atomically. A
// change that has lost its ground has no effect: the directory is not there, or what was to be renamed or removed does not
// stand there any more. What then has no name is gone. File systems with one journal lose only the latest changes (ext4, XFS);
// POSIX promises no order, and others have none (Pillai et al., OSDI 2014, table 1).

import { type AnyNode, Directory, type Place, pathIn } from './node.js'
import type { Answers, Decision } from './survival.js'

export interface NameChange {
  readonly what: 'creation' | 'mkdir' | 'rename' | 'unlink' | 'rmdir'
  readonly node: AnyNode
  /** Where it stood; undefined where it is new. */
  readonly from: Place | undefined
  /** Where it stands from then on; undefined where it was removed. */
  readonly to: Place | undefined
  /** It is synced, but an earlier change on which its effect may depend is not. */
  isDurable: boolean
}

/** The names on the disk under the assumption that some changes survive; the disk's own are not changed. */
export class NameSpace {
  readonly #root: Directory
  readonly #entries = new Map<Directory, Map<string, AnyNode>>()
  readonly #places = new Map<AnyNode, Place | undefined>()

  constructor(root: Directory) {
    this.#root = root
  }

  entries(directory: Directory): ReadonlyMap<string, AnyNode> {
    return this.#entries.get(directory) ?? directory.durable
  }

  place(node: AnyNode): Place | undefined {
    return this.#places.has(node) ? this.#places.get(node) : node.durablePlace
  }

  /** Whether a chain of names leads from the root to the directory; `without` must not be part of it. */
  holds(directory: Directory, without?: AnyNode): boolean {
    for (let at = directory; at !== this.#root; ) {
      const place = this.place(at)
      if (place === undefined || at === without) return false
      at = place.directory
    }
    return true
  }

  /** Does the change, if it still has its ground. */
  apply({ node, from, to }: NameChange): void {
    if (from !== undefined && this.entries(from.directory).get(from.name) !== node) return
    if (to !== undefined && !this.holds(to.directory, node)) return
    if (from !== undefined) this.#own(from.directory).delete(from.name)
    if (to !== undefined) {
      const replaced = this.entries(to.directory).get(to.name)
      if (replaced !== undefined) this.#places.set(replaced, undefined)
      this.#own(to.directory).set(to.name, node)
    }
    this.#places.set(node, to)
  }

  /** Makes it so: the disk has these names and no others. */
  commit(): void {
    for (const [directory, entries] of this.#entries) {
      directory.durable.clear()
      for (const [name, node] of entries) directory.durable.set(name, node)
    }
    for (const [node, place] of this.#places) node.durablePlace = place
  }

  /** Calls `visit` with everything that has a name, directories before what they hold. */
  walk(visit: (node: AnyNode, path: string) => void, directory = this.#root, path = ''): void {
    for (const [name, node] of this.entries(directory)) {
      visit(node, `${path}/${name}`)
      if (node instanceof Directory) this.walk(visit, node, `${path}/${name}`)
    }
  }

  #own(directory: Directory): Map<string, AnyNode> {
    const own = this.#entries.get(directory) ?? new Map(directory.durable)
    this.#entries.set(directory, own)
    return own
  }
}

export class NameChanges {
  readonly #root: Directory
  #changes: NameChange[] = []

  constructor(root: Directory) {
    this.#root = root
  }

  add(what: NameChange['what'], node: AnyNode, from: Place | undefined, to: Place | undefined): void {
    this.#changes.push({ what, node, from, to, isDurable: false })
  }

  /** Those that a power failure decides, in their order. */
  waiting(): NameChange[] {
    return this.#changes.filter(({ isDurable }) => !isDurable)
  }

  /** Files and directories that changes may bring back or put in place. */
  nodes(): AnyNode[] {
    return this.#changes.map(({ node }) => node)
  }

  /** The changes that touch the directory are durable. Returns whether there were any. */
  sync(directory: Directory): boolean {
    const changes = this.#waitingIn(directory)
    for (const change of changes) this.#makeDurable(change)
    this.#settle()
    return changes.length > 0
  }

  /** The sync failed: of the changes that touch the directory some are durable, the others never will be. */
  failSync(directory: Directory, answers: Answers): void {
    const changes = this.#waitingIn(directory)
    const kept = changes.filter((_, index) => answers(index) === 1)
    for (const change of kept) this.#makeDurable(change)
    this.#changes = this.#changes.filter((change) => change.isDurable || !changes.includes(change))
    this.#settle()
  }

  decisionsIn(directory: Directory): Decision[] {
    return this.#waitingIn(directory).map(decisionOn)
  }

  /** The names on the disk if those waiting changes survive for which `survives` says so. */
  assume(survives: (change: NameChange) => boolean): NameSpace {
    const space = new NameSpace(this.#root)
    for (const change of this.#changes) if (change.isDurable || survives(change)) space.apply(change)
    return space
  }

  clear(): void {
    this.#changes = []
  }

  #waitingIn(directory: Directory): NameChange[] {
    return this.#changes.filter((change) => !change.isDurable && touches(change, directory))
  }

  #makeDurable(change: NameChange): void {
    change.isDurable = true
    if (change.what !== 'rename') return
    for (const earlier of this.#changes) {
      if (earlier === change) return
      if (earlier.node === change.node) earlier.isDurable = true
    }
  }

  /** Does for good the durable changes whose effect no waiting one can alter. */
  #settle(): void {
    const kept: NameChange[] = []
    for (const change of this.#changes) {
      if (!change.isDurable || kept.some((earlier) => mayAlter(earlier, change))) {
        kept.push(change)
        continue
      }
      const space = new NameSpace(this.#root)
      space.apply(change)
      space.commit()
    }
    this.#changes = kept
  }
}

export function decisionOn(change: NameChange): Decision {
  return { bound: 2, label: describe(change) }
}

export function describe({ what, from, to }: NameChange): string {
  const paths = [from, to].filter((place) => place !== undefined).map(({ directory, name }) => pathIn(directory, name))
  return `${what} of ${paths.join(' to ')}`
}

function touches({ from, to }: NameChange, directory: Directory): boolean {
  return from?.directory === directory || to?.directory === directory
}

function mayAlter(earlier: NameChange, later: NameChange): boolean {
  // Whether a directory is there decides on all that is done in it.
  if (earlier.node instanceof Directory) return true
  const places = [later.from, later.to]
  return [earlier.from, earlier.to].some((place) => place !== undefined && places.some((other) => isSame(place, other)))
}

function isSame(place: Place, other: Place | undefined): boolean {
  return other !== undefined && place.directory === other.directory && place.name === other.name
}
