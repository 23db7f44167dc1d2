# Completion of urlstatctl(1) for fish.

set -l verbs submit top words why compare status jobs show urls wait watch pause resume cancel retry priority remove report export import hosts explain workers backup metrics reload log-level ping count text merge
set -l outcomes counted not-modified fresh robots-disallowed blocked-address denied-host unsupported-type http-error \
    dns-failed connect-failed tls-failed timeout too-large truncated bad-response redirect-limit bad-redirect \
    robots-unreachable host-failed expired internal-error cancelled

function __urlstatctl_jobs
    urlstatctl --timeout=2 -q -o tsv --no-legend jobs 2>/dev/null | cut -f 1,2 | string split \t | string match -v ''
end

complete -c urlstatctl -f

complete -c urlstatctl -s o -l output -x -a 'table json jsonl csv tsv' -d 'Form of the data'
complete -c urlstatctl -l no-legend -d 'Data alone'
complete -c urlstatctl -l bom -d 'Begin csv and tsv with a byte order mark'
complete -c urlstatctl -l color -x -a 'auto always never' -d Colours
complete -c urlstatctl -s q -l quiet -d 'No notes and no progress'
complete -c urlstatctl -l socket -r -F -d 'Socket of the daemon'
complete -c urlstatctl -l user -d 'Talk to your own daemon'
complete -c urlstatctl -l timeout -x -d 'Give up on a call after so long'
complete -c urlstatctl -s h -l help -d 'Print help'
complete -c urlstatctl -l version -d 'Print the version'

set -l none "not __fish_seen_subcommand_from $verbs"
complete -c urlstatctl -n $none -a submit -d 'Queue lists of URLs as one job'
complete -c urlstatctl -n $none -a top -d 'The most used words'
complete -c urlstatctl -n $none -a words -d 'The most used words'
complete -c urlstatctl -n $none -a why -d 'The pages that a word comes from'
complete -c urlstatctl -n $none -a compare -d 'Words that came, went, rose and fell'
complete -c urlstatctl -n $none -a status -d 'The daemon at a glance'
complete -c urlstatctl -n $none -a jobs -d 'List jobs'
complete -c urlstatctl -n $none -a show -d 'One job with its outcomes'
complete -c urlstatctl -n $none -a urls -d 'The URLs of a job and what became of them'
complete -c urlstatctl -n $none -a wait -d 'Return when jobs have ended'
complete -c urlstatctl -n $none -a watch -d 'A live dashboard; lines where stdout is no terminal'
complete -c urlstatctl -n $none -a pause -d 'Start nothing new; running transfers end'
complete -c urlstatctl -n $none -a resume -d 'Go on with paused jobs'
complete -c urlstatctl -n $none -a cancel -d 'End jobs now; what was counted stays'
complete -c urlstatctl -n $none -a retry -d 'Fetch URLs that failed once more'
complete -c urlstatctl -n $none -a priority -d 'Change what goes first from now on'
complete -c urlstatctl -n $none -a remove -d 'Remove jobs with all that was counted'
complete -c urlstatctl -n $none -a report -d 'A job as one HTML page with plots'
complete -c urlstatctl -n $none -a export -d 'The exact counts of a job as a file'
complete -c urlstatctl -n $none -a import -d 'An exported or merged file as a job'
complete -c urlstatctl -n $none -a hosts -d 'The hosts that URLs wait for, and why'
complete -c urlstatctl -n $none -a explain -d 'Why it waits, and what would become of it'
complete -c urlstatctl -n $none -a workers -d 'What each worker is doing'
complete -c urlstatctl -n $none -a backup -d 'Write a copy of the store to stdout, while all goes on'
complete -c urlstatctl -n $none -a reload -d 'Have the daemon read its configuration anew'
complete -c urlstatctl -n $none -a log-level -d 'How much the daemon logs from now on'
complete -c urlstatctl -n $none -a metrics -d 'What it has done and is doing, as OpenMetrics text'
complete -c urlstatctl -n $none -a ping -d 'Ask whether the daemon answers'
complete -c urlstatctl -n $none -a count -d 'Count the words of local files'
complete -c urlstatctl -n $none -a text -d 'Print the text that is counted'
complete -c urlstatctl -n $none -a merge -d 'Exported files as one'

set -l jobs '__fish_seen_subcommand_from top words compare show urls wait watch pause resume cancel retry priority remove report export hosts explain'
complete -c urlstatctl -n $jobs -a '(__urlstatctl_jobs)' -d Job
complete -c urlstatctl -n '__fish_seen_subcommand_from submit report export import count text merge' -F

complete -c urlstatctl -n '__fish_seen_subcommand_from log-level' -x -a 'debug info notice warning err'

set -l submit '__fish_seen_subcommand_from submit'
complete -c urlstatctl -n $submit -s n -l name -x -d 'Name of the job'
complete -c urlstatctl -n '__fish_seen_subcommand_from submit priority' -s p -l priority -x -d 'Higher goes first'
complete -c urlstatctl -n $submit -s l -l label -x -d 'Label of the URLs whose lines have none'
complete -c urlstatctl -n $submit -s w -l wait -d 'Return when the job has ended'
complete -c urlstatctl -n $submit -s f -l follow -d 'Show progress, then the top words'
complete -c urlstatctl -n $submit -l per -x -a page -d 'The top words of each page'
complete -c urlstatctl -n $submit -l again -x -d 'The list of a job anew'
complete -c urlstatctl -n $submit -l max-age -x -d 'Take pages counted so recently as they are'
complete -c urlstatctl -n $submit -l deadline -x -d 'When what is left ends as expired'
complete -c urlstatctl -n $submit -l key -x -d 'Submit once under this key'
complete -c urlstatctl -n $submit -l keep -d 'Keep the job until somebody removes it'
complete -c urlstatctl -n $submit -l expire -x -d 'Remove the job so long after its end'
complete -c urlstatctl -n $submit -l strict -d 'Queue nothing if any line is bad'
complete -c urlstatctl -n '__fish_seen_subcommand_from submit wait' -l max-failed -x -d 'How many URLs may fail'

complete -c urlstatctl -n '__fish_seen_subcommand_from submit top words why compare count' -s k -l top -x -d 'How many words'

set -l top '__fish_seen_subcommand_from top words'
complete -c urlstatctl -n $top -l per -x -a 'page host label job' -d 'The top words of each'
complete -c urlstatctl -n $top -l by -x -a 'tokens pages hosts' -d 'Rank by'
complete -c urlstatctl -n $top -l url -x -d 'Of this page alone'
complete -c urlstatctl -n $top -l host -x -d 'Of this host alone'
complete -c urlstatctl -n $top -l unique -d 'Count pages of equal content once'
complete -c urlstatctl -n $top -l vs -r -a '(__urlstatctl_jobs)' -d 'Words used more often than there'
complete -c urlstatctl -n $top -l max-pages -x -d 'Words on at most this share of the pages'
complete -c urlstatctl -n $top -l all -d 'Of every job that you may read'
complete -c urlstatctl -n $top -l with-url -d 'With --per=page, add the URL'

set -l chosen '__fish_seen_subcommand_from top words compare'
complete -c urlstatctl -n $chosen -l min-length -x -d 'Words of at least so many characters'
complete -c urlstatctl -n $chosen -l no-numbers -d 'Leave out words without a letter'
complete -c urlstatctl -n $chosen -l match -x -d 'Words like this one'
complete -c urlstatctl -n $chosen -l stop-words -r -a 'cs da de en es fi fr it ja nb nl pl pt ru sv' -d 'Leave these words out'

set -l compare '__fish_seen_subcommand_from compare'
complete -c urlstatctl -n $compare -l pages -x -a 'both all' -d 'Only pages counted in both, or all'
complete -c urlstatctl -n $compare -l min-tokens -x -d 'Words counted at least so many times'
complete -c urlstatctl -n $compare -l by -x -a 'log-likelihood log-ratio' -d 'Rank by'

set -l list '__fish_seen_subcommand_from jobs'
complete -c urlstatctl -n $list -l name -x -d 'Jobs of this name'
complete -c urlstatctl -n $list -l state -x -a 'queued running paused done cancelled' -d 'Jobs in this state'
complete -c urlstatctl -n $list -l owner -x -a '(__fish_complete_users)' -d 'Jobs of this user'
complete -c urlstatctl -n $list -l since -x -d 'Submitted since'
complete -c urlstatctl -n $list -l all -d 'Jobs of every user'

set -l urls '__fish_seen_subcommand_from urls'
complete -c urlstatctl -n $urls -l state -x -a 'queued active counted skipped failed cancelled' -d 'URLs in this state'
complete -c urlstatctl -n $urls -l host -x -d 'URLs of this host'
complete -c urlstatctl -n $urls -l url -x -d 'This URL'
complete -c urlstatctl -n $urls -l max-tokens -x -d 'Pages of at most so many words'
complete -c urlstatctl -n '__fish_seen_subcommand_from urls retry' -l outcome -x -a "$outcomes" -d 'URLs that ended so'

complete -c urlstatctl -n '__fish_seen_subcommand_from remove' -l before -x -d 'Your jobs that ended so long ago'
complete -c urlstatctl -n '__fish_seen_subcommand_from remove' -l name -x -d 'With --before, jobs of this name'

complete -c urlstatctl -n '__fish_seen_subcommand_from pause resume hosts' -l host -x -d 'Hosts of this pattern'

set -l local_files '__fish_seen_subcommand_from count text'
complete -c urlstatctl -n $local_files -l type -x -a 'auto html text' -d 'Type of the files'
complete -c urlstatctl -n $local_files -l charset -x -d 'Character encoding'

complete -c urlstatctl -n '__fish_seen_subcommand_from export' -l no-times -d 'Leave out when, how long and how often'

set -l import '__fish_seen_subcommand_from import'
complete -c urlstatctl -n $import -l name -x -d 'Name of the job'
complete -c urlstatctl -n $import -l keep -d 'Keep the job until somebody removes it'
complete -c urlstatctl -n $import -l expire -x -d 'Remove the job so long after the import'

set -l merge '__fish_seen_subcommand_from merge'
complete -c urlstatctl -n $merge -l to -r -F -d 'Write there'
complete -c urlstatctl -n $merge -l any-settings -d 'Also files of different settings'
complete -c urlstatctl -n $merge -l same -x -a 'refuse latest' -d 'A page in several files'
