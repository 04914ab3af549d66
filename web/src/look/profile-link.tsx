import { lazy, Suspense } from 'react';
import styles from './profile-link.module.css';
import { Copyable } from './secret.tsx';
import { Moment } from './time.tsx';

const QrCode = lazy(() => import('./qr-code.tsx'));

/** A link that hands a profile to another device, to be scanned or copied. */
export function ProfileLink({ url, until }: { url: string; until: string }) {
  return (
    <div className={styles['link']}>
      <Suspense fallback={null}>
        <QrCode text={url} label="QR code with the link to the profile" />
      </Suspense>
      <div className={styles['words']}>
        <p>
          Scan it with the other device, or open the link there. It works once, until <Moment at={until} />:
          whoever opens it has the profile.
        </p>
        <Copyable text={url} label="Copy the link" />
      </div>
    </div>
  );
}
