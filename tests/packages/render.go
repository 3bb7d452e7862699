// Renders a Helm chart: Go's templates with the functions of sprig, as Helm does it. Prints the documents
// as a JSON array. Helm itself is not in Debian's archive.
//
// usage: render CHART [NAME=VALUE]...     VALUE is JSON; NAME has dots, as with helm --set-json
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func read(path string) object {
	text, err := os.ReadFile(path)
	check(err)
	parsed := object{}
	check(yaml.UnmarshalStrict(text, &parsed))
	return parsed
}

func set(values object, name string, value interface{}) {
	words := strings.Split(name, ".")
	for _, word := range words[:len(words)-1] {
		if _, ok := values[word].(object); !ok {
			values[word] = object{}
		}
		values = values[word].(object)
	}
	values[words[len(words)-1]] = value
}

func validate(values object, path string) {
	schema, err := os.ReadFile(path)
	check(err)
	found, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewGoLoader(values))
	check(err)
	for _, problem := range found.Errors() {
		check(fmt.Errorf("values: %s", problem))
	}
}

func main() {
	chart := os.Args[1]
	values := read(filepath.Join(chart, "values.yaml"))
	for _, setting := range os.Args[2:] {
		words := strings.SplitN(setting, "=", 2)
		var value interface{}
		check(json.Unmarshal([]byte(words[1]), &value))
		set(values, words[0], value)
	}
	validate(values, filepath.Join(chart, "values.schema.json"))
	about := object{}
	for name, value := range read(filepath.Join(chart, "Chart.yaml")) {
		about[strings.ToUpper(name[:1])+name[1:]] = value
	}

	all := template.New("").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) (string, error) {
		var text bytes.Buffer
		err := all.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		check(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	functions["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	files, err := filepath.Glob(filepath.Join(chart, "templates/*"))
	check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		_, err = all.New(filepath.Base(file)).Funcs(functions).Parse(string(text))
		check(err)
	}
	documents := []interface{}{}
	for _, file := range files {
		if filepath.Ext(file) != ".yaml" {
			continue
		}
		var text bytes.Buffer
		check(all.ExecuteTemplate(&text, filepath.Base(file), object{
			"Values": values, "Chart": about, "Release": object{"Name": "toa", "Namespace": "toa-system", "Service": "Helm"},
		}))
		document := object{}
		check(yaml.UnmarshalStrict(text.Bytes(), &document))
		if len(document) > 0 {
			documents = append(documents, document)
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(documents))
}
