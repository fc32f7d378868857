export class Scheduler {
  constructor() {
    throw new Error('Scheduler is not implemented yet');
  }
}
