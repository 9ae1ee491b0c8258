/**
 * What the page says of leaving. What is done and what is to do comes from the server, in its own words.
 */
export const leaveTexts = {
  title: 'Stop using this server',
  help: 'Before you remove it: batteries are put back as they were, then you take the redirect away. From then on nothing new is done to a battery.',
  look: 'What is to be done',
  looking: 'Looking …',
  word: 'Type “leave” to begin',
  begin: 'Put batteries back',
  again: 'Continue',
  stay: 'Stay',
  since: (time: string) => `Begun ${time}: control and schedules do nothing new.`,
  done: 'All is seen to be done: stop the server, and remove it when you like.',
  notDone: 'Not done yet. Do what is to do, then look again.',
  seen: 'seen',
  todo: 'to do',
  dns: 'DNS of the house',
  stays: 'Set by you, and left so',
  unseen: (since: string) => `Not seen by the vendor since ${since}`,
  undated: 'undated',
} as const;
/** What is typed so that it is meant. */
export const LEAVE_WORD = 'leave';
