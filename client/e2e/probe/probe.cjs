// What an agent in the editor does, for the stories. Answers are shown in a new document, so that a story can see them.
const vscode = require('vscode');

const show = async (value) => {
  const content = typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? 'undefined');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
};

const asked = async (prompt) => JSON.parse((await vscode.window.showInputBox({ prompt })) ?? 'null');

exports.activate = (context) => {
  const command = (name, body) => context.subscriptions.push(vscode.commands.registerCommand(name, body));
  command('probe.tools', async () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('whence'));
    await show(ours.map(({ name, inputSchema }) => ({ name, properties: Object.keys(inputSchema?.properties ?? {}) })));
  });
  command('probe.invoke', async () => {
    const { name, input } = await asked('{"name": …, "input": …}');
    try {
      const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
      await show(`TOOL ANSWER\n${result.content.map((part) => part.value).join('\n')}`);
    } catch (error) {
      await show(`TOOL ERROR\n${error.message}`);
    }
  });
  // The workbench in a browser does not look at its settings file again when another program changes it.
  command('probe.set', async () => {
    const { name, value } = await asked('{"name": …, "value": …}');
    await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
    await vscode.window.showInformationMessage(`SET ${name}`);
  });
};
