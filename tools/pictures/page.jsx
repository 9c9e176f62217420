// Draws a scene as Discord and Slack would show it. Runs in the browser; shoot.mjs calls `draw`.
import { DiscordEmbed } from "@skyra/discord-components-core";
import { toHTML } from "@odiffey/discord-markdown";
import { css } from "lit";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Message } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";
import "./page.css";

const BOT = "IJM answers";
const TIME = new Date("2026-11-23T12:00:00");
const SHOWN_TIME = "11/23/2026, 12:00 PM";

// A round badge with a letter, since no real person has an account here.
const avatar = (name) => {
  const color = name === BOT ? "#1f4e79" : "#5c7a29";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="${color}"/>
    <text x="20" y="27" font-size="20" font-family="Noto Sans" fill="#fff" text-anchor="middle">${name[0]}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
};

// --- Forms. Neither library draws them as the clients do today, so the page does.

const Field = ({ label, required, lines, typed, options, placeholder }) => (
  <div className="field">
    <b>{label}</b>
    <span className={required ? "required" : "optional"} />
    <div className={options ? "input choice" : lines ? "input lines" : "input"}>
      {options?.find((each) => each.value === String(typed))?.label ?? typed ?? <i>{placeholder}</i>}
    </div>
  </div>
);

const Form = ({ title, cancel, submit, children }) => (
  <div className="form">
    <h1>{title}</h1>
    {children}
    <footer>
      <span>{cancel}</span>
      <span className="submit">{submit}</span>
    </footer>
  </div>
);

// --- Discord

const BUTTON_TYPES = { 1: "primary", 2: "secondary", 3: "success", 4: "destructive" };
// The parser drops the empty line after a list, which Discord shows.
const markdown = (text) => ({ __html: toHTML(text, { embed: true }).replace(/<\/[uo]l>(?=.)/g, "$&<br>") });
// Discord draws a picture as wide as its embed allows; the library's fixed width leaves a phone's screen.
DiscordEmbed.elementStyles.push(css`
  .discord-embed-media.discord-embed-media .discord-embed-image { max-width: 100%; }
`);

const DiscordControl = ({ control }) =>
  control.type === 2 ? (
    <discord-button type={BUTTON_TYPES[control.style]} disabled={control.disabled || undefined}>
      {control.label}
    </discord-button>
  ) : (
    <discord-string-select-menu placeholder={control.placeholder} />
  );

const DiscordPost = ({ message, images, author, command }) => (
  <discord-message author={BOT} avatar={avatar(BOT)} bot timestamp={SHOWN_TIME} ephemeral={(message.flags & 64) !== 0 || undefined}>
    {command && <discord-command slot="reply" author={author} avatar={avatar(author)} command={command} />}
    {message.content}
    {message.embeds.map((embed, place) => (
      <discord-embed
        key={place}
        slot="embeds"
        color={`#${(embed.color ?? 0).toString(16).padStart(6, "0")}`}
        embed-title={embed.title}
        image={embed.image && images[embed.image.url.replace("attachment://", "")]}
      >
        <discord-embed-description slot="description" dangerouslySetInnerHTML={markdown(embed.description ?? "")} />
        {embed.footer && <discord-embed-footer slot="footer"><span className="lines">{embed.footer.text}</span></discord-embed-footer>}
      </discord-embed>
    ))}
    <discord-attachments slot="components">
      {message.components.map((row, place) => (
        <discord-action-row key={place}>
          {row.components.map((control) => (
            <DiscordControl key={control.custom_id} control={control} />
          ))}
        </discord-action-row>
      ))}
    </discord-attachments>
  </discord-message>
);

const DiscordForm = ({ form, filled }) => (
  <Form title={form.title} cancel="Cancel" submit="Submit">
    {form.components.map(({ label, component }) => (
      <Field
        key={component.custom_id}
        label={label}
        required={component.required}
        lines={component.style === 2}
        typed={filled[component.custom_id] ?? component.value}
        options={component.options}
        placeholder={component.placeholder}
      />
    ))}
  </Form>
);

const DISCORD = {
  said: ({ author, text }) => (
    <discord-message author={author} avatar={avatar(author)} timestamp={SHOWN_TIME}>
      <discord-mention>{BOT}</discord-mention> {text}
    </discord-message>
  ),
  message: DiscordPost,
  form: DiscordForm,
};

// --- Slack

// Slack's `verbatim` only keeps addresses and names as they are; the library takes it for "no markup at all".
const withMarkup = (blocks) => JSON.parse(JSON.stringify(blocks, (key, value) => (key === "verbatim" ? undefined : value)));

const SlackPost = ({ message, ephemeral, images }) => (
  <div className="post">
    {ephemeral && <div className="only-you">👁 Only visible to you</div>}
    <Message blocks={withMarkup(message.blocks ?? [])} name={BOT} logo={avatar(BOT)} time={TIME} theme="light" />
    {images.map(({ url, alt }) => (
      <img key={alt} className="file" src={url} alt={alt} />
    ))}
  </div>
);

const SlackForm = ({ form, filled }) => (
  <Form title={form.title.text} cancel={form.close.text} submit={form.submit.text}>
    {form.blocks.map(({ block_id, label, optional, element }) => (
      <Field
        key={block_id}
        label={label.text}
        required={!optional}
        lines={element.multiline}
        typed={filled[block_id] ?? element.initial_value}
        options={element.options?.map(({ text, value }) => ({ label: text.text, value }))}
        placeholder={element.placeholder?.text}
      />
    ))}
  </Form>
);

const SLACK = {
  said: ({ author, text }) => (
    <div className="post person">
      <Message
        blocks={[{ type: "section", text: { type: "mrkdwn", text: `<@BOT> ${text}` } }]}
        name={author}
        logo={avatar(author)}
        time={TIME}
        theme="light"
        data={{ users: [{ id: "BOT", name: BOT }] }}
      />
    </div>
  ),
  message: SlackPost,
  form: SlackForm,
};

const root = createRoot(document.getElementById("scene"));

window.draw = (scene) => {
  const parts = scene.platform === "discord" ? DISCORD : SLACK;
  const shown = scene.shown.map(({ kind, ...rest }, place) => {
    const Part = parts[kind];
    return <Part key={`${scene.name}${place}`} {...rest} />;
  });
  document.body.className = scene.platform;
  flushSync(() => root.render(scene.platform === "discord" ? <discord-messages>{shown}</discord-messages> : shown));
};
