import { Problem } from '../look/notice.tsx';
import { Page } from '../look/page.tsx';
import { Connect } from './connect.tsx';
import { MySessions } from './my-sessions.tsx';
import { MySignIn } from './my-sign-in.tsx';
import { useMe } from './portal.ts';

/** What a person does alone: get on the VPN, change the password, set up the one-time code, end sessions. */
export default function PortalPage() {
  const { data: me, error } = useMe();
  return (
    <Page title="Your VPN" about="Get your devices onto the VPN and look after your account.">
      <Problem error={error} />
      {me === undefined ? null : (
        <>
          <Connect me={me} />
          <MySignIn me={me} />
          <MySessions />
        </>
      )}
    </Page>
  );
}
