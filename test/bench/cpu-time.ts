import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks in a second, in which Linux counts the time of processes (`sysconf(_SC_CLK_TCK)`). */
const TICKS = 100;

interface Times {
  readonly parent: number;
  /** Of the process itself, and of those of its children that are over; seconds of user and system time. */
  readonly own: number;
  readonly children: number;
}

/** CPU seconds of the process, of its children that live and of those that are over. */
export function treeCpuSeconds(pid: number): number {
  const of = timesOf(pid);
  if (!of) throw new Error(`There is no process ${pid}`);
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => timesOf(Number(name)))
    .filter((times) => times?.parent === pid);
  return living.reduce((sum, times) => sum + times!.own + times!.children, of.own + of.children);
}

/** CPU seconds of children of this process that are over. */
export function childrenCpuSeconds(): number {
  return timesOf(process.pid)!.children;
}

/** The process that started the given one. */
export function parentOf(pid: number): number {
  return timesOf(pid)!.parent;
}

/** Null when there is no such process. See proc_pid_stat(5). */
function timesOf(pid: number): Times | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is a name in brackets, which may hold anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((index) => fields[index]!);
  return { parent: parent!, own: (user! + system!) / TICKS, children: (childUser! + childSystem!) / TICKS };
}
