namespace RegionEscalation.Host.Development;

/// <summary>
/// A button per development client, on top of the API page. It reads the clients from the issuer and holds no secret itself.
/// A module, so that it runs once the page is there.
/// </summary>
internal static class SignInBar
{
    // Colours of its own, as the page has a dark mode; text has a contrast of at least 7:1.
    public const string JavaScript = """
        const issuer = "/development-identity";
        const scheme = "bearer";
        const clients = await (await fetch(`${issuer}/clients.json`)).json();

        const style = document.createElement("style");
        style.textContent = `
          #development-sign-in { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; padding: .6em 20px;
            background: #fff3cd; color: #332701; border-bottom: 1px solid #806000; font: 14px/1.4 sans-serif; }
          #development-sign-in button { padding: .25em .7em; background: #fff; color: #332701; border: 1px solid #806000;
            border-radius: 4px; font: inherit; cursor: pointer; }
          #development-sign-in button:hover { background: #ffe69c; }
          #development-sign-in button:focus-visible { outline: 3px solid #0b57d0; outline-offset: 1px; }
          #development-sign-in button[aria-pressed=true] { background: #332701; color: #fff; }
          #development-sign-in p { flex-basis: 100%; margin: 0; }
          @media (min-width: 60em) { #development-sign-in { position: sticky; top: 0; z-index: 10; } }`;

        const bar = document.createElement("section");
        bar.id = "development-sign-in";
        bar.setAttribute("aria-label", "Development sign-in");
        const label = document.createElement("strong");
        label.textContent = "Sign in as";
        const state = document.createElement("p");
        state.setAttribute("role", "status");
        state.textContent = "Development: no token yet.";
        let expiry;

        const show = (text, chosen) => {
          state.textContent = text;
          for (const button of bar.querySelectorAll("button"))
            button.setAttribute("aria-pressed", button === chosen);
        };

        const hasToken = token => window.ui?.authSelectors.authorized()?.getIn([scheme, "value"]) === token;

        // The page drops the token by a logout, and when the other document is chosen.
        let current, following;
        const follow = () => {
          if (!current || hasToken(current))
            return;
          current = null;
          clearTimeout(expiry);
          show("The page has no token now; click a client.");
        };

        const signIn = async (client, button) => {
          const answer = await fetch(`${issuer}/token`, {
            method: "POST",
            body: new URLSearchParams({
              grant_type: "client_credentials",
              client_id: client.clientId,
              client_secret: client.clientSecret
            })
          });
          if (!answer.ok)
            throw new Error(`the issuer answered ${answer.status}`);
          const token = await answer.json();
          current = null;
          window.ui?.preauthorizeApiKey(scheme, token.access_token);
          // What the call returns does not tell; it does nothing where the document is not loaded or has no such scheme.
          if (!hasToken(token.access_token))
            throw new Error("the document is not loaded yet; click again");
          current = token.access_token;
          following ??= window.ui.getStore().subscribe(follow);

          const lifetime = token.expires_in * 1000;
          const until = new Date(Date.now() + lifetime).toLocaleTimeString("sv-SE");
          show(`${client.clientId} (${client.description}), until ${until}; a click gets a new token.`, button);
          clearTimeout(expiry);
          expiry = setTimeout(() => show(`The token of ${client.clientId} has expired; a click gets a new one.`), lifetime);
        };

        bar.append(label);
        for (const client of clients) {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = client.clientId;
          button.title = client.description;
          button.setAttribute("aria-pressed", false);
          button.addEventListener("click", () => signIn(client, button).catch(e => { state.textContent = `No new token: ${e.message}`; }));
          bar.append(button);
        }
        bar.append(state);
        document.head.append(style);
        document.body.prepend(bar);
        """;
}
