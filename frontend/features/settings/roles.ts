/** What a person or a key may do. */
export const ROLES = [
  { value: 'owner', label: 'Owner: everything' },
  { value: 'marketer', label: 'Marketer: journeys, contacts, mails' },
  { value: 'developer', label: 'Developer: keys, connections, events' },
  { value: 'analyst', label: 'Analyst: reads' },
];
