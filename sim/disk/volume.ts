// The state of the disk in one execution: files, names, descriptors. System calls act on it.

import { tmpdir } from 'node:os'
import type { Arena } from './arena.js'
import type { ContentsSurvival } from './contents.js'
import { Descriptors } from './descriptors.js'
import type { Call } from './errors.js'
import { decisionOn, describe, type NameChange, NameChanges, type NameSpace } from './name-changes.js'
import { type AnyNode, Directory, type Place, pathOf, RegularFile } from './node.js'
import { absolute, type End, namesIn, walk } from './paths.js'
import { type Answers, askAnswers, type Decision, givenAnswers } from './survival.js'

/** What the disk asks of the execution. */
export interface DiskSurroundings {
  /** A choice: an integer from 0 to `bound - 1`; `bound` may be 1. */
  choose(bound: number, label: string): number
  /** Virtual time for the times of files, ms since the Unix epoch. */
  nowMs(): number
}

/** What a power failure left of one file or directory, for reports. */
export interface Survival {
  /** The path as peers saw it last. */
  readonly path: string
  /** In words. */
  readonly what: string
  /** Changes of its names that were not synced, in their order. */
  readonly names: readonly { readonly change: string; readonly survived: boolean }[]
  /** Undefined where no change of size was left to chance. */
  readonly size: ContentsSurvival['size']
  /** The sectors that were left to chance. */
  readonly sectors: ContentsSurvival['sectors']
}

const DIRECTORY_MODE = 0o755

/** Looked up once: it takes as long as opening a file here. */
const TEMPORARY = tmpdir()

export class Volume {
  /** Rises with every change of contents, sizes, names or durability. */
  version = 0
  readonly surroundings: DiskSurroundings
  readonly root: Directory
  readonly descriptors = new Descriptors()
  /** After a write that filled the disk: the next one finds no room. */
  isFull = false
  readonly #arena: Arena
  readonly #changes: NameChanges
  /** The names on the disk if nothing survives that is not synced, until names change. */
  #certainNames: NameSpace | undefined = undefined
  /** By absolute path, whether it is one of a file under those names. */
  readonly #certainFiles = new Map<string, boolean>()
  /** Files with unsynced contents, and some that have been synced since. */
  readonly #written = new Set<RegularFile>()
  /** By path as given, and by absolute path. */
  readonly #numbers = new Map<string, number>()
  readonly #absolute = new Map<string, number>()
  #inodes = 0
  #working: Directory

  constructor(surroundings: DiskSurroundings, arena: Arena) {
    this.surroundings = surroundings
    this.#arena = arena
    this.root = this.newDirectory(DIRECTORY_MODE)
    this.#changes = new NameChanges(this.root)
    for (const path of ['/tmp', TEMPORARY]) this.#makeDurably(path)
    this.#working = this.#makeDurably(process.cwd())
  }

  newFile(mode: number): RegularFile {
    return new RegularFile(++this.#inodes, mode, this.surroundings.nowMs(), this.#arena)
  }

  newDirectory(mode: number): Directory {
    return new Directory(++this.#inodes, mode, this.surroundings.nowMs())
  }

  walk(path: string, call: Call): End {
    return walk(this.root, this.#working.isNamed ? this.#working : undefined, path, call)
  }

  /** The number of a path, from 0 in the order in which they are first named. */
  numberOf(path: string): number {
    let number = this.#numbers.get(path)
    if (number !== undefined) return number
    const resolved = absolute(path)
    number = this.#absolute.get(resolved) ?? this.#absolute.size
    this.#absolute.set(resolved, number)
    this.#numbers.set(path, number)
    return number
  }

  // Changes that peers see at once.

  /** A new file or directory gets its name. */
  add(node: AnyNode, to: Place): void {
    this.#namesChange()
    this.#changes.add(node instanceof Directory ? 'mkdir' : 'creation', node, undefined, to)
    this.#stand(node, to)
  }

  remove(node: AnyNode): void {
    const place = node.place as Place
    this.#namesChange()
    this.#changes.add(node instanceof Directory ? 'rmdir' : 'unlink', node, place, undefined)
    this.#leave(node, place)
    node.isNamed = false
    node.changedMs = this.surroundings.nowMs()
  }

  rename(node: AnyNode, to: Place): void {
    const from = node.place as Place
    this.#namesChange()
    this.#changes.add('rename', node, from, to)
    const replaced = to.directory.entries.get(to.name)
    if (replaced !== undefined) replaced.isNamed = false
    this.#leave(node, from)
    this.#stand(node, to)
    node.changedMs = this.surroundings.nowMs()
  }

  write(file: RegularFile, bytes: Uint8Array, position: number): void {
    file.contents.write(bytes, position)
    this.#changed(file)
  }

  resize(file: RegularFile, size: number): void {
    file.contents.resize(size)
    this.#changed(file)
  }

  /** Gives an open file other permissions, which are not part of what may be lost. */
  setMode(descriptor: number, mode: number): void {
    const node = this.descriptors.get(descriptor)?.node
    if (node !== undefined) node.mode = mode & 0o7777
  }

  // Durability.

  sync(node: AnyNode): void {
    if (node instanceof Directory) {
      this.#namesChange()
      if (this.#changes.sync(node)) this.version++
    } else if (node.contents.isUnsynced) {
      node.contents.sync()
      this.#written.delete(node)
      this.version++
    }
  }

  /** A chosen part becomes durable, the rest never will. */
  failSync(node: AnyNode): void {
    const ask = (decisions: readonly Decision[]) => askAnswers(decisions, this.surroundings.choose)
    this.version++
    this.#namesChange()
    if (node instanceof Directory) this.#changes.failSync(node, ask(this.#changes.decisionsIn(node)))
    else {
      node.contents.failSync(ask(node.contents.decisions(pathOf(node))))
      this.#written.delete(node)
    }
  }

  /** What a power failure now would decide: names in the order of their changes, then contents, file by file. */
  decisions(): Decision[] {
    const contents = this.#unsyncedFiles().flatMap((file) => file.contents.decisions(pathOf(file)))
    return [...this.#changes.waiting().map(decisionOn), ...contents]
  }

  powerFailure(given: readonly number[] | undefined): Survival[] {
    const decisions = this.decisions()
    const answers = given === undefined ? askAnswers(decisions, this.surroundings.choose) : givenAnswers(decisions, given)
    const changes = this.#changes.waiting()
    const surviving = new Set(changes.filter((_, index) => answers(index) === 1))
    const files = this.#unsyncedFiles()
    const space = this.#changes.assume((change) => surviving.has(change))
    space.commit()
    const left = new Set<AnyNode>()
    space.walk((node) => left.add(node))
    const contents = this.#failContents(files, left, answers, changes.length)
    const report = reportOf(changes, surviving, files, contents, left)
    this.#changes.clear()
    this.#namesChange()
    this.#written.clear()
    this.#showDurable()
    this.descriptors.closeAll()
    this.isFull = false
    this.version++
    return report
  }

  /** Files that would be there, and their bytes, if nothing survived that is not synced. */
  durableFiles(): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>()
    this.#certain().walk((node, path) => {
      if (node instanceof RegularFile) files.set(path, node.contents.durable())
    })
    return files
  }

  /** Whether {@link durableFiles} has this path. */
  hasDurableFile(path: string): boolean {
    const known = this.#certainFiles.get(path)
    if (known !== undefined) return known
    const space = this.#certain()
    let at: AnyNode | undefined = this.root
    for (const name of namesIn(path)) at = at instanceof Directory ? space.entries(at).get(name) : undefined
    const isThere = at instanceof RegularFile
    this.#certainFiles.set(path, isThere)
    return isThere
  }

  #certain(): NameSpace {
    this.#certainNames ??= this.#changes.assume(() => false)
    return this.#certainNames
  }

  /** To be called at every change of names, or of what is durable of them. */
  #namesChange(): void {
    this.#certainNames = undefined
    if (this.#certainFiles.size > 0) this.#certainFiles.clear()
  }

  #makeDurably(path: string): Directory {
    let at = this.root
    this.#namesChange()
    for (const name of namesIn(absolute(path))) {
      const directory = (at.entries.get(name) as Directory | undefined) ?? this.newDirectory(DIRECTORY_MODE)
      const place = { directory: at, name }
      at.entries.set(name, directory)
      at.durable.set(name, directory)
      directory.place = place
      directory.durablePlace = place
      at = directory
    }
    return at
  }

  #stand(node: AnyNode, place: Place): void {
    place.directory.entries.set(place.name, node)
    place.directory.touch(this.surroundings.nowMs())
    node.place = place
    this.version++
  }

  #leave(node: AnyNode, { directory, name }: Place): void {
    if (directory.entries.get(name) === node) directory.entries.delete(name)
    directory.touch(this.surroundings.nowMs())
    this.version++
  }

  #changed(file: RegularFile): void {
    file.touch(this.surroundings.nowMs())
    if (file.contents.isUnsynced) this.#written.add(file)
    this.version++
  }

  /** Those that a name may lead to after a power failure, in the order in which they were written to. */
  #unsyncedFiles(): RegularFile[] {
    if (this.#written.size === 0) return []
    const reachable = new Set<AnyNode>(this.#changes.nodes())
    this.#certain().walk((node) => reachable.add(node))
    return [...this.#written].filter((file) => file.contents.isUnsynced && reachable.has(file))
  }

  /**
   * @param left what still has a name; the contents of others are not asked about
   * @param first index of the first decision on contents
   */
  #failContents(files: readonly RegularFile[], left: ReadonlySet<AnyNode>, answers: Answers, first: number): Map<RegularFile, ContentsSurvival> {
    const survivals = new Map<RegularFile, ContentsSurvival>()
    let index = first
    for (const file of files) {
      const start = index
      index += file.contents.decisions('').length
      const answersHere: Answers = (at) => answers(start + at)
      if (left.has(file)) survivals.set(file, file.contents.fail(answersHere))
    }
    return survivals
  }

  /** Peers see what is on the disk, and nothing else. */
  #showDurable(): void {
    const show = (directory: Directory): void => {
      directory.entries.clear()
      for (const [name, node] of directory.durable) {
        directory.entries.set(name, node)
        node.place = { directory, name }
        node.isNamed = true
        if (node instanceof Directory) show(node)
        // Contents that had nothing to decide may still differ, after a sync that failed.
        else node.contents.showDurable()
      }
    }
    show(this.root)
    this.#working = this.#makeDurably(process.cwd())
  }
}

function reportOf(
  changes: readonly NameChange[],
  surviving: ReadonlySet<NameChange>,
  files: readonly RegularFile[],
  contents: ReadonlyMap<RegularFile, ContentsSurvival>,
  left: ReadonlySet<AnyNode>,
): Survival[] {
  const nodes = new Set<AnyNode>([...changes.map(({ node }) => node), ...files])
  return [...nodes].map((node) => {
    const names = changes.filter((change) => change.node === node).map((change) => ({ change: describe(change), survived: surviving.has(change) }))
    const survival = contents.get(node as RegularFile)
    const size = survival?.size
    const sectors = survival?.sectors ?? []
    const words = [
      ...names.map(({ change, survived }) => `${change} ${survived ? 'survived' : 'was lost'}`),
      ...(size === undefined ? [] : [sizeText(size)]),
      ...sectors.map(({ sector, survived, unsynced }) => `sector ${sector}: ${survived === 0 ? 'as last synced' : `write ${survived} of ${unsynced}`}`),
      ...(left.has(node) ? [] : ['gone']),
    ]
    return { path: pathOf(node), what: words.join('; '), names, size, sectors }
  })
}

/** `size 512 (0 when last synced, then 512, 1024)` */
function sizeText({ survived, sizes: [synced, ...later] }: NonNullable<ContentsSurvival['size']>): string {
  return `size ${survived} (${synced} when last synced, then ${later.join(', ')})`
}
