import { useEffect } from 'react';
import { holdNotices } from './noticeTime.ts';

/** For dialogs that cover the page: a notice under them does not go before it can be seen. */
export function HeldNotices() {
  useEffect(holdNotices, []);
  return null;
}
