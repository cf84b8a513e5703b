import { useEffect } from 'react';
import { holdNotices } from './noticeTime.ts';

/** For what covers notices while it is open: none of them goes before it can be seen. */
export function HeldNotices() {
  useEffect(holdNotices, []);
  return null;
}
