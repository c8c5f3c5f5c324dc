import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** So many other files follow each of the faults: by then it is mostly over, so that two seldom wait at once. */
const OTHERS = 3;

/**
 * Puts the files of `test/fault` among the first: they wait for processes to start, die and be missed, so one of them
 * left for the end would keep a worker, and everybody, waiting alone.
 */
export class FaultsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { faults = [], others = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      moduleId.includes('/test/fault/') ? 'faults' : 'others',
    );
    return [...faults.flatMap((fault) => [fault, ...others.splice(0, OTHERS)]), ...others];
  }
}
